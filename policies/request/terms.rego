# On which terms something is given: attributes of the resource, or of the Scope or Role in policies/data.json
# (`request.entitlements`, keys like "scope:production" and "role:admin"), over the defaults there. A malformed one
# does not fall back to a default that may be looser: it makes the thing unrequestable (refused.rego).
package hallpass.request

import data.hallpass.settings

terms := input.resource.attributes if input.entitlement.kind == "resource"

terms := settings_of(sprintf("scope:%s", [input.entitlement.scope_id])) if input.entitlement.kind == "scope"

terms := settings_of(sprintf("role:%s", [input.entitlement.role])) if input.entitlement.kind == "role"

settings_of(key) := object.get(settings.request.entitlements, key, {})

is_set(name) if object.get(terms, name, null) != null

is_whole_number(value, highest) if {
	is_number(value)
	value == floor(value)
	value >= 1
	value <= highest
}

approvals_required := terms.approvals_required if {
	is_whole_number(terms.approvals_required, 20)
} else := settings.request.approvals_required

max_duration_seconds := terms.max_duration_seconds if {
	is_whole_number(terms.max_duration_seconds, 315360000)
} else := settings.request.max_duration_seconds

default auto_approve := false

# Only for what may be asked for at all, and for no longer than it may last. Power over others is always reviewed.
auto_approve if {
	terms.auto_approve == true
	not gives_admin
	count(refused) == 0
	is_within_ceiling
}

gives_admin if {
	input.entitlement.kind == "role"
	not input.entitlement.role in {"viewer", "member"}
}

is_within_ceiling if max_duration_seconds == null

is_within_ceiling if {
	input.duration_seconds != null
	input.duration_seconds <= max_duration_seconds
}
