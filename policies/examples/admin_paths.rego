# Below /admin on a Connection or Target it takes somebody of the group `platform`, whatever they were granted. print()
# shows in `npm run policies:explain`.
package hallpass.authz

denied contains "admin-path" if {
	regex.match(`^(/[^/]+){2}/admin(/|$)`, input.context.path)
	not "platform" in input.subject.groups
	print("an admin path, and", input.subject.id, "is in", input.subject.groups)
}
