# Rules that say no whatever anybody was granted. One name in this set is enough, and none of these denials can be
# requested away. Add your own in a file beside this one: `denied contains "change-freeze" if { ... }`.
package hallpass.authz

# Resource attribute `locked`: nobody passes. Anything but false counts, so that a slip of the pen locks too.
denied contains "locked" if {
	locked := input.resource.attributes.locked
	not locked in {false, null}
}
