# May this be asked for, who approves, and for how long? Answers `data.hallpass.request.decision`; input and answer:
# docs/policy-input.md.
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
