# The reasons a policy may give: the part of core/access/reason-code.ts that is a policy's own. A decision with any
# other reason is not believed, so a new one has to be written there first.
package hallpass.lib.reasons

granted_resource := "granted-resource"

granted_scope := "granted-scope"

role_sufficient := "role-sufficient"

granted_role := "granted-role"

no_grant := "no-grant"

role_too_low := "role-too-low"

action_not_permitted := "action-not-permitted"

denied_by_rule := "denied-by-rule"

allow := {granted_resource, granted_scope, role_sufficient, granted_role}

deny := {no_grant, role_too_low, action_not_permitted, denied_by_rule}
