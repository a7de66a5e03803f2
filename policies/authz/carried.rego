# What carries an allow: the grants of this person that bear on this resource, and their role.
package hallpass.authz

import data.hallpass.lib.grants
import data.hallpass.lib.reasons
import data.hallpass.lib.roles
import data.hallpass.settings

# A feature is guarded by its minimum role, and its actions are the app's own business. Connections and Targets are
# guarded by reach (a grant for them or a Scope above them) and by the role that the action takes.
is_feature if input.resource.type == "feature"

is_reached if input.resource.type in {"connection", "target"}

# Undefined for an action that no role may take.
floor_rank := roles.rank[settings.action_roles[input.action.name]]

minimum_rank := roles.rank[input.resource.minimum_role]

base_rank := roles.rank[input.subject.role]

effective_rank := max({base_rank} | {roles.rank[grant.role] | some grant in input.grants; grant.kind == "role"})

resource_grant := grants.longest_lasting([grant | some grant in input.grants; grant.kind == "resource"])

scope_grant := grants.longest_lasting([grant |
	some grant in input.grants
	grant.kind == "scope"
	some scope in input.scopes
	scope.id == grant.scope_id
])

# The role grants that a role of this rank rests on: none where the base role is enough, undefined where nothing is.
role_grants(wanted) := [] if {
	base_rank >= wanted
} else := [grants.longest_lasting([grant |
	some grant in input.grants
	grant.kind == "role"
	roles.rank[grant.role] >= wanted
])]

# A grant for the resource itself lifts its minimum role, never the role that the action takes.
carried := {
	"reason": reasons.granted_resource,
	"grants": array.concat([resource_grant], role_grants(floor_rank)),
} if {
	is_reached
} else := {
	"reason": reasons.granted_scope,
	"grants": array.concat([scope_grant], role_grants(max([floor_rank, minimum_rank]))),
} if {
	is_reached
} else := {
	"reason": reasons.granted_resource,
	"grants": [resource_grant],
} if {
	is_feature
} else := {
	"reason": reasons.role_sufficient,
	"grants": [],
} if {
	is_feature
	base_rank >= minimum_rank
} else := {
	"reason": reasons.granted_role,
	"grants": role_grants(minimum_rank),
} if {
	is_feature
}
