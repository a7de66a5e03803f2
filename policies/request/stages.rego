# Who reviews, in which order: `stages` of the terms, each with the members that the terms may have at the top too, or
# one stage of those. Naming people or the owners of the Scope takes the place of the roles of policies/data.json; with
# `reviewer_roles` beside them, either may review.
package hallpass.request

import data.hallpass.settings

stages := [stage_of(without_nulls(wanted), name) |
	some index, wanted in terms.stages
	name := object.get(wanted, "name", sprintf("Review %d", [index + 1]))
] if {
	has_well_formed_stages
} else := [stage_of(top_level, "Review")]

top_level := without_nulls(terms) if {
	is_object(terms)
	count(malformed_members(terms)) == 0
} else := {}

without_nulls(wanted) := {name: value |
	some name in stage_members
	value := wanted[name]
	value != null
}

stage_members := {"approvals_required", "reviewer_roles", "reviewer_people", "scope_owners"}

stage_of(wanted, name) := {
	"name": name,
	"approvals_required": object.get(wanted, "approvals_required", settings.request.approvals_required),
	"reviewers": {
		"roles": object.get(wanted, "reviewer_roles", roles_beside(wanted)),
		"people": object.get(wanted, "reviewer_people", []),
		"scope_owners": object.get(wanted, "scope_owners", false),
	},
}

roles_beside(wanted) := [] if {
	names_reviewers(wanted)
} else := settings.request.reviewer_roles

names_reviewers(wanted) if count(object.get(wanted, "reviewer_people", [])) > 0

names_reviewers(wanted) if object.get(wanted, "scope_owners", false) == true

approvals_required := sum([stage.approvals_required | some stage in stages])

has_well_formed_stages if {
	is_array(terms.stages)
	count(terms.stages) in numbers.range(1, 10)
	every stage in terms.stages {
		is_object(stage)
		count(object.remove(stage, stage_members | {"name"})) == 0
		is_short_text(object.get(stage, "name", "Review"), 100)
		count(malformed_members(stage)) == 0
	}
}

# Names of the members that hold nothing usable; null is as good as left out.
malformed_members(wanted) := {name |
	some name in stage_members
	value := object.get(wanted, name, null)
	value != null
	not is_member_value(name, value)
}

is_member_value("approvals_required", value) if is_whole_number(value, 1, 20)

is_member_value("reviewer_roles", value) if {
	is_array(value)
	count(value) in numbers.range(1, 2)
	every role in value {
		role in {"admin", "owner"}
	}
}

is_member_value("reviewer_people", value) if {
	is_array(value)
	count(value) in numbers.range(1, 100)
	every person in value {
		is_short_text(person, 320)
	}
}

is_member_value("scope_owners", value) if is_boolean(value)
