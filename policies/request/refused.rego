# Why something can't be asked for: one sentence in this set is enough. Add your own in a file beside this one:
# `refused contains "Nothing can be asked for during the change freeze." if { ... }`. Whether the requester may know of
# the resource at all is settled before: the control plane does not ask about one that is hidden from them.
package hallpass.request

import data.hallpass.lib.roles

refused contains "What is asked for is not known here." if not is_known

is_known if {
	input.entitlement.kind == "resource"
	input.resource.type == input.entitlement.resource.type
	input.resource.id == input.entitlement.resource.id
}

is_known if {
	input.entitlement.kind == "scope"
	input.scope.id == input.entitlement.scope_id
}

is_known if {
	input.entitlement.kind == "role"
	roles.rank[input.entitlement.role]
}

refused contains "The role of the requester is not known here." if not has_known_role

# Helpers like this one, because `not` around a reference that may be undefined would itself be undefined.
has_known_role if roles.rank[input.requester.role]

refused contains "A request needs a reason: say in a sentence what the access is for." if not has_reason

has_reason if trim_space(input.reason) != ""

refused contains "There is one Owner. Ownership is handed over by the Owner and can't be asked for." if {
	input.entitlement.kind == "role"
	input.entitlement.role == "owner"
}

refused contains sprintf("The role %s is yours already, or you have a higher one.", [input.entitlement.role]) if {
	input.entitlement.kind == "role"
	not is_higher_role
}

is_higher_role if roles.rank[input.entitlement.role] > roles.rank[input.requester.role]

# Without this, terms that hold nothing readable would read as terms that hold nothing.
refused contains "Its terms are malformed. Until an Admin corrects them, this can't be asked for." if {
	is_known
	not has_terms
}

has_terms if is_object(terms)

refused contains sprintf(malformed_text, ["approvals_required", "a whole number from 1 to 20"]) if {
	is_set("approvals_required")
	not is_whole_number(terms.approvals_required, 20)
}

refused contains sprintf(malformed_text, ["max_duration_seconds", "a whole number from 1 to 315360000"]) if {
	is_set("max_duration_seconds")
	not is_whole_number(terms.max_duration_seconds, 315360000)
}

refused contains sprintf(malformed_text, ["auto_approve", "true or false"]) if {
	is_set("auto_approve")
	not is_boolean(terms.auto_approve)
}

malformed_text := "The attribute %s must be %s. Until an Admin corrects it, this can't be asked for."
