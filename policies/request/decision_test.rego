package hallpass.request_test

import data.cases.request as suite
import data.hallpass.request

# policies/cases/request.json: each case is `base` with its own `input` laid over it.
test_case[case.name] if {
	some case in suite.cases
	request.decision == case.expect with input as object.union(suite.base, case.input)
}

test_cases_have_names_of_their_own if {
	count({case.name | some case in suite.cases}) == count(suite.cases)
}

resource_request := object.union(suite.base, {"entitlement": {
	"kind": "resource",
	"resource": {"type": "connection", "id": "aws-production"},
}})

role_request := object.union(suite.base, {"entitlement": {"kind": "role", "role": "admin"}, "resource": null})

scope_request := object.union(suite.base, {
	"entitlement": {"kind": "scope", "scope_id": "production"},
	"resource": null,
	"scope": {"id": "production", "name": "Production", "description": "", "rules": []},
})

test_terms_of_a_scope_stand_in_the_tables if {
	answer := request.decision with input as scope_request
		with data.hallpass.settings.request.entitlements as {"scope:production": {
			"approvals_required": 2,
			"max_duration_seconds": 86400,
		}}
	answer.requestable
	answer.approvals_required == 2
	answer.max_duration_seconds == 86400
}

test_malformed_terms_in_the_tables_refuse if {
	answer := request.decision with input as scope_request
		with data.hallpass.settings.request.entitlements as {"scope:production": {"approvals_required": "two"}}
	not answer.requestable
}

test_admin_is_never_given_automatically if {
	answer := request.decision with input as role_request
		with data.hallpass.settings.request.entitlements as {"role:admin": {"auto_approve": true}}
	answer.requestable
	not answer.auto_approve
}

test_member_may_be_given_automatically if {
	asked := object.union(role_request, {
		"entitlement": {"role": "member"},
		"requester": {"role": "viewer", "base_role": "viewer"},
	})
	answer := request.decision with input as asked
		with data.hallpass.settings.request.entitlements as {"role:member": {"auto_approve": true}}
	answer.auto_approve
}

# What cannot be read is never requestable: each of these is undefined, or refused.
unreadable := {
	"an entitlement that is none": {"entitlement": {"kind": "everything"}},
	"a role that is none": {"entitlement": {"kind": "role", "role": "root"}},
	"a requester of no role": {"requester": {"role": "root"}},
	"a requester of no base role who asks for a role": {
		"entitlement": {"kind": "role", "role": "admin"},
		"requester": {"base_role": "root"},
	},
	"a reason that is no text": {"reason": 1},
	"no resource": {"resource": null},
	"attributes that are none": {"resource": {"attributes": null}},
}

test_unreadable_input_is_not_requestable[name] if {
	some name, patch in unreadable
	not request.decision.requestable with input as object.union(resource_request, patch)
}

test_incomplete_input_is_not_requestable[name] if {
	some name, missing in {
		"nothing": [path | some key, _ in resource_request; path := [key]],
		"no role": [["requester", "role"]],
		"no reason": [["reason"]],
		"no attributes": [["resource", "attributes"]],
		"no kind": [["entitlement", "kind"]],
	}
	not request.decision.requestable with input as json.remove(resource_request, missing)
}

test_admin_is_never_taken_in_an_emergency_or_decided_from_a_chat if {
	answer := request.decision with input as role_request
		with data.hallpass.settings.request.entitlements as {"role:admin": {"break_glass": true, "low_risk": true}}
	answer.requestable
	not answer.break_glass.allowed
	not answer.low_risk
}

test_default_ceiling_of_the_tables_holds if {
	answer := request.decision with input as resource_request with data.hallpass.settings.request.max_duration_seconds as 60
	answer.max_duration_seconds == 60
}

test_reviewers_of_the_tables_are_named if {
	answer := request.decision with input as resource_request
		with data.hallpass.settings.request.reviewer_roles as ["owner"]
	answer.reviewers == {"roles": ["owner"], "people": [], "scope_owners": false}
	contains(answer.reasons[0], "role owner")
}
