package hallpass.authz_test

import data.cases.authz as suite
import data.hallpass.authz
import data.hallpass.lib.reasons
import data.hallpass.settings

# policies/cases/authz.json: each case is `base` with its own `input` laid over it.
test_case[case.name] if {
	some case in suite.cases
	authz.decision == case.expect with input as object.union(suite.base, case.input)
}

test_cases_have_names_of_their_own if {
	count({case.name | some case in suite.cases}) == count(suite.cases)
}

test_cases_show_every_reason if {
	{case.expect.reason | some case in suite.cases} == reasons.allow | reasons.deny
}

granted := object.union(suite.base, {"grants": [{
	"id": "grt_1",
	"kind": "resource",
	"scope_id": null,
	"role": null,
	"expires_at": null,
}]})

test_granted_is_allowed if {
	authz.decision.allow with input as granted
}

# What cannot be read is never an allow: each of these is undefined, or a denial.
unreadable := {
	"no role": {"subject": {"role": null}},
	"a role that is none": {"subject": {"role": "root"}, "grants": [], "action": {"name": "write"}},
	"no action": {"action": {"name": null}},
	"a resource type that is none": {"resource": {"type": "database"}},
	"no grants": {"grants": null},
	"grants of a kind that is none": {"grants": [{"id": "grt_1", "kind": "everything", "expires_at": null}]},
}

test_unreadable_input_is_not_allowed[name] if {
	some name, patch in unreadable
	not authz.decision.allow with input as object.union(granted, patch)
}

test_incomplete_input_is_not_allowed[name] if {
	some name, missing in {
		"nothing": [path | some key, _ in granted; path := [key]],
		"no resource": [["resource"]],
		"no type": [["resource", "type"]],
		"no action": [["action"]],
		"no role": [["subject", "role"]],
		"no grants": [["grants"]],
	}
	not authz.decision.allow with input as json.remove(granted, missing)
}

test_action_without_a_role_in_the_table_is_refused if {
	answer := authz.decision with input as granted with data.hallpass.settings.action_roles as {}
	answer.reason == reasons.action_not_permitted
}

test_action_with_a_role_that_is_none_is_refused if {
	answer := authz.decision with input as granted with data.hallpass.settings.action_roles as {"read": "anybody"}
	answer.reason == reasons.action_not_permitted
}

test_action_of_the_owner_alone_offers_no_request if {
	patch := {"action": {"name": "purge"}, "grants": []}
	answer := authz.decision with input as object.union(granted, patch)
		with data.hallpass.settings.action_roles as {"purge": "owner"}
	answer.reason == reasons.no_grant
	answer.request == null
}

test_action_of_the_owner_alone_by_scope_offers_no_request if {
	grant := {"id": "grt_1", "kind": "scope", "scope_id": "production", "role": null, "expires_at": null}
	patch := {"action": {"name": "purge"}, "grants": [grant]}
	answer := authz.decision with input as object.union(granted, patch)
		with data.hallpass.settings.action_roles as {"purge": "owner"}
	answer.reason == reasons.action_not_permitted
	answer.request == null
}

test_deny_rules_come_first if {
	answer := authz.decision with input as granted with authz.denied as {"change-freeze"}
	answer.reason == reasons.denied_by_rule
	answer.request == null
}

test_table_of_actions_names_known_roles if {
	every role in settings.action_roles {
		role in {"viewer", "member", "admin"}
	}
}
