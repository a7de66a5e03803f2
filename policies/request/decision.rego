# May this be asked for, who approves, and for how long? Answers `data.hallpass.request.decision`; input and answer:
# docs/policy-input.md.

# `npm run policies:test` reads every reference to input against the schema of core/decision, so that a misspelt field
# is an error and not a rule that never holds.
# METADATA
# scope: package
# schemas:
#   - input: schema.request
package hallpass.request

decision := {
	"requestable": count(refused) == 0,
	"approvals_required": approvals_required,
	"reviewers": stages[0].reviewers,
	"stages": stages,
	"auto_approve": auto_approve,
	"max_duration_seconds": max_duration_seconds,
	"break_glass": break_glass,
	"reason_prompt": reason_prompt,
	"reason_pattern": reason_pattern,
	"low_risk": low_risk,
	"reasons": explained,
}
