# Roles, lowest first, as in core/access/role.ts.
package hallpass.lib.roles

rank := {"viewer": 1, "member": 2, "admin": 3, "owner": 4}

# The role of a rank where somebody can ask for it, else null: ownership is transferred, never asked for.
askable(wanted) := role if {
	some role, own in rank
	own == wanted
	role != "owner"
} else := null
