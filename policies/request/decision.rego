# May this be asked for, who approves, and for how long? Answers `data.hallpass.request.decision`; input and answer:
# docs/policy-input.md.

# `npm run policies:test` reads every reference to input against the schema of core/decision, so that a misspelt field
# is an error and not a rule that never holds.
# METADATA
# scope: package
# schemas:
#   - input: schema.request
package hallpass.request

import data.hallpass.settings

decision := {
	"requestable": count(refused) == 0,
	"approvals_required": approvals_required,
	"reviewers": {"roles": settings.request.reviewer_roles, "people": []},
	"auto_approve": auto_approve,
	"max_duration_seconds": max_duration_seconds,
	"reasons": explained,
}
