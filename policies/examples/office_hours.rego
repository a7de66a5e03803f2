# Resources with the attribute `office_hours` open at 07:00 UTC and close at 19:00. The time is in the input: built-ins that
# read a clock are not there.
package hallpass.authz

denied contains "outside-office-hours" if {
	input.resource.attributes.office_hours == true
	not is_during_office_hours
}

is_during_office_hours if {
	clock := substring(input.context.time, 11, 5)
	clock >= "07:00"
	clock < "19:00"
}
