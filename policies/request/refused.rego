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

# Not written yet: whoever only looks at the form is told of the pattern beside the field, not refused for it.
has_reason if is_null(input.reason)

refused contains sprintf("The reason does not have the form that is wanted here%s.", [example_text]) if {
	reason_pattern != null
	has_reason
	not has_wanted_form
}

has_wanted_form if is_null(input.reason)

has_wanted_form if regex.match(reason_pattern.pattern, input.reason)

example_text := sprintf(", like \"%s\"", [reason_example]) if {
	reason_example != ""
} else := ""

refused contains "There is one Owner. Ownership is handed over by the Owner and can't be asked for." if {
	input.entitlement.kind == "role"
	input.entitlement.role == "owner"
}

refused contains sprintf("The role %s is yours already, or you have a higher one.", [input.entitlement.role]) if {
	input.entitlement.kind == "role"
	not is_higher_role
}

# By base role: who holds a Role by a grant only may ask for it again, to hold it longer.
is_higher_role if roles.rank[input.entitlement.role] > roles.rank[input.requester.base_role]
