# Resources with the attribute `office_network` are reached from the networks in `settings.office_networks` only. Who has no
# address, because an app asks, is not in any.
package hallpass.authz

denied contains "outside-office-network" if {
	input.resource.attributes.office_network == true
	not is_in_office_network
}

is_in_office_network if {
	some network in data.hallpass.settings.office_networks
	net.cidr_contains(network, input.context.source_ip)
}
