# The policy of the fixture in AuthZEN's certification scenario ("Required Fixture"), and of nothing else. It believes
# what the caller says of the entities, which the policy that Hallpass comes with does not.
package hallpass.authz

said := input.context.properties

status := object.get(said.resource, "status", object.get(input.resource.attributes, "status", "active"))

role := object.get(said.subject, "role", object.get(input.subject.attributes, "role", ""))

permitted if {
	input.action.name == "read"
	input.subject.id in {"alice", "bob"}
}

permitted if {
	input.action.name == "write"
	input.subject.id == "alice"
	status != "archived"
}

permitted if {
	input.action.name == "write"
	role == "admin"
	status == "archived"
}

permitted if {
	input.action.name == "delete"
	input.subject.id == "alice"
	said.action.soft == true
}

decision := {"allow": true, "reason": "role-sufficient", "grants": []} if {
	permitted
} else := {"allow": false, "reason": "action-not-permitted"}
