# What is sensitive is asked for with a ticket, and for a day at the most.
package hallpass.request

refused contains "Name the ticket: INC- and its number." if {
	input.resource.attributes.sensitive == true
	input.reason != null
	not regex.match(`\bINC-[0-9]+\b`, input.reason)
}

refused contains "This is given for a day at the most." if {
	input.resource.attributes.sensitive == true
	not is_a_day_or_less
}

is_a_day_or_less if input.duration_seconds <= 86400
