# Terms that can't be read make the thing unrequestable, by name, until somebody corrects them.
package hallpass.request

# Without this, terms that hold nothing readable would read as terms that hold nothing.
refused contains "Its terms are malformed. Until an Admin corrects them, this can't be asked for." if {
	is_known
	not has_terms
}

has_terms if is_object(terms)

refused contains sprintf(malformed_text, [name, wanted]) if {
	some name, wanted in {
		"approvals_required": "a whole number from 1 to 20",
		"reviewer_roles": "a list of \"admin\", \"owner\" or both",
		"reviewer_people": "a list of 1 to 100 ids or email addresses of people",
		"scope_owners": "true or false",
	}
	name in malformed_members(terms)
}

refused contains sprintf(malformed_text, ["stages", stages_text]) if {
	is_set("stages")
	not has_well_formed_stages
}

stages_text := concat(" ", [
	"a list of 1 to 10 objects of name, approvals_required, reviewer_roles, reviewer_people and scope_owners,",
	"each as these are by themselves",
])

refused contains sprintf(malformed_text, ["max_duration_seconds", "a whole number from 1 to 315360000"]) if {
	is_set("max_duration_seconds")
	not is_whole_number(terms.max_duration_seconds, 1, 315360000)
}

refused contains sprintf(malformed_text, ["break_glass_max_seconds", "a whole number from 60 to 86400"]) if {
	is_set("break_glass_max_seconds")
	not is_whole_number(terms.break_glass_max_seconds, 60, 86400)
}

refused contains sprintf(malformed_text, [name, "true or false"]) if {
	some name in ["auto_approve", "break_glass", "low_risk"]
	is_set(name)
	not is_boolean(terms[name])
}

refused contains sprintf(malformed_text, [name, sprintf("a text of 1 to %d characters", [longest])]) if {
	some name, longest in {"reason_prompt": 300, "reason_example": 200}
	is_set(name)
	not is_short_text(terms[name], longest)
}

refused contains sprintf(malformed_text, ["reason_pattern", "a regular expression of RE2 of 1 to 300 characters"]) if {
	is_set("reason_pattern")
	not is_pattern(terms.reason_pattern)
}

# Nobody could learn from it what to write.
refused contains sprintf(malformed_text, ["reason_example", "a text that reason_pattern takes"]) if {
	is_set("reason_example")
	reason_pattern != null
	not regex.match(reason_pattern.pattern, reason_example)
}

malformed_text := "The attribute %s must be %s. Until an Admin corrects it, this can't be asked for."
