# May this person do this, now? Answers `data.hallpass.authz.decision`; input and answer: docs/policy-input.md.
#
# Deny first, then allow, else a denial that says what could be asked for. Whoever extends it adds rules to `denied`
# (denied.rego); who may do what is in carried.rego, the tables are in policies/data.json.

# `npm run policies:test` reads every reference to input against the schema of core/decision, so that a misspelt field
# is an error and not a rule that never holds.
# METADATA
# scope: package
# schemas:
#   - input: schema.authz
package hallpass.authz

import data.hallpass.lib.reasons

decision := {
	"allow": false,
	"reason": reasons.denied_by_rule,
	"obligations": {},
	"request": null,
} if {
	count(denied) > 0
} else := {
	"allow": true,
	"reason": carried.reason,
	"grants": carried.grants,
	"obligations": {},
} if {
	carried
} else := {
	"allow": false,
	"reason": lacking.reason,
	"obligations": {},
	"request": lacking.request,
}
