# Why there is no allow, and what could be asked for so that there is. Each thing named in `request` is enough on its
# own; only where nothing would be, because reach and role are lacking both, are both named. Read only where nothing
# carries the request.
package hallpass.authz

import data.hallpass.lib.reasons
import data.hallpass.lib.roles

lacking := {
	"reason": reasons.role_too_low,
	"request": {"resource": true, "scopes": [], "role": roles.askable(minimum_rank)},
} if {
	is_feature
} else := {
	"reason": reasons.action_not_permitted,
	"request": null,
} if {
	is_reached
	not floor_rank
} else := {
	"reason": reasons.no_grant,
	"request": request_of_reach,
} if {
	is_reached
	not resource_grant
	not scope_grant
} else := {
	"reason": reasons.action_not_permitted,
	"request": request_of_action,
} if {
	is_reached
	effective_rank < floor_rank
} else := {
	"reason": reasons.role_too_low,
	"request": {"resource": true, "scopes": [], "role": roles.askable(minimum_rank)},
} if {
	is_reached
}

# No reach: the resource, or a Scope above it. The role too, where the action takes a higher one than the person has.
request_of_reach := {"resource": true, "scopes": helpful_scopes(effective_rank), "role": null} if {
	effective_rank >= floor_rank
} else := {"resource": true, "scopes": helpful_scopes(floor_rank), "role": role} if {
	role := roles.askable(floor_rank)
	role != null
} else := null

# A Scope does not lift the minimum role of the resource, so without that role it does not help.
helpful_scopes(role_rank) := [scope.id | some scope in input.scopes] if {
	role_rank >= minimum_rank
} else := []

# Reach, but not the role that the action takes: a higher role is what helps.
request_of_action := {"resource": false, "scopes": [], "role": roles.askable(floor_rank)} if {
	resource_grant
} else := {"resource": false, "scopes": [], "role": role} if {
	role := roles.askable(max([floor_rank, minimum_rank]))
	role != null
} else := {"resource": true, "scopes": [], "role": role} if {
	role := roles.askable(floor_rank)
	role != null
} else := null
