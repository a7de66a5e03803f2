# On which terms something is given: attributes of the resource, or of the Scope or Role in policies/data.json
# (`request.entitlements`, keys like "scope:production" and "role:admin"), over the defaults there. A malformed one
# does not fall back to a default that may be looser: it makes the thing unrequestable (malformed.rego).
package hallpass.request

import data.hallpass.settings

terms := input.resource.attributes if input.entitlement.kind == "resource"

terms := settings_of(sprintf("scope:%s", [input.entitlement.scope_id])) if input.entitlement.kind == "scope"

terms := settings_of(sprintf("role:%s", [input.entitlement.role])) if input.entitlement.kind == "role"

settings_of(key) := object.get(settings.request.entitlements, key, {})

is_set(name) if object.get(terms, name, null) != null

is_whole_number(value, lowest, highest) if {
	is_number(value)
	value == floor(value)
	value >= lowest
	value <= highest
}

max_duration_seconds := terms.max_duration_seconds if {
	is_whole_number(terms.max_duration_seconds, 1, 315360000)
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

# Taken at once in an emergency and reviewed afterwards; power over others never is.
break_glass := {"allowed": may_break_glass, "max_duration_seconds": break_glass_max_seconds}

default may_break_glass := false

may_break_glass if {
	terms.break_glass == true
	not gives_admin
	count(refused) == 0
}

default break_glass_max_seconds := 3600

break_glass_max_seconds := terms.break_glass_max_seconds if is_whole_number(terms.break_glass_max_seconds, 60, 86400)

default low_risk := false

low_risk if {
	terms.low_risk == true
	not gives_admin
}

# What the form asks for, and what the answer must look like.
default reason_prompt := null

reason_prompt := terms.reason_prompt if is_short_text(terms.reason_prompt, 300)

default reason_pattern := null

reason_pattern := {"pattern": terms.reason_pattern, "example": reason_example} if is_pattern(terms.reason_pattern)

default reason_example := ""

reason_example := terms.reason_example if is_short_text(terms.reason_example, 200)

is_short_text(value, longest) if {
	is_string(value)
	count(value) > 0
	count(value) <= longest
}

is_pattern(value) if {
	is_short_text(value, 300)
	regex.is_valid(value)
}
