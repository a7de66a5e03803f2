# The answer in sentences for people, shown beside the request form and in the review.
package hallpass.request

import data.hallpass.settings

# Sorted, because a set comes in another order compiled to Wasm than interpreted by `opa`.
explained := sort(refused) if {
	count(refused) > 0
} else := [review_sentence, duration_sentence]

review_sentence := "It is approved automatically; nobody has to review it." if {
	auto_approve
} else := sprintf("It takes one approval by %s. Nobody reviews their own request.", [reviewers_text]) if {
	approvals_required == 1
} else := sprintf(
	"It takes %d approvals by different people of %s. Nobody reviews their own request.",
	[approvals_required, reviewers_text],
)

reviewers_text := sprintf("role %s", [concat(" or ", settings.request.reviewer_roles)])

duration_sentence := "It may be given permanently." if {
	max_duration_seconds == null
} else := sprintf("It may last for %s at the most.", [duration_text(max_duration_seconds)])

# In the largest unit that divides it.
duration_text(seconds) := [counted(seconds / unit[1], unit[0]) |
	some unit in [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]]
	seconds % unit[1] == 0
][0]

counted(number, unit) := sprintf("%d %s", [number, unit]) if {
	number == 1
} else := sprintf("%d %ss", [number, unit])
