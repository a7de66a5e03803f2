# Nobody writes to production while `settings.change_freeze` in data.json is true, but for the release managers.
package hallpass.authz

denied contains "change-freeze" if {
	data.hallpass.settings.change_freeze == true
	input.resource.environment == "production"
	input.action.name == "write"
	not "release-managers" in input.subject.groups
}
