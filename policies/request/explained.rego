# The answer in sentences for people, shown beside the request form and in the review.
package hallpass.request

# Sorted, because a set comes in another order compiled to Wasm than interpreted by `opa`.
explained := sort(refused) if {
	count(refused) > 0
} else := array.concat([review_sentence, duration_sentence], break_glass_sentences)

review_sentence := "It is approved automatically; nobody has to review it." if {
	auto_approve
} else := sprintf("It takes %s. Nobody reviews their own request.", [stage_text(stages[0])]) if {
	count(stages) == 1
} else := sprintf(
	"It takes %d stages, one after the other: %s. Nobody reviews their own request.",
	[count(stages), concat("; ", [sprintf("%s, %s", [stage.name, stage_text(stage)]) | some stage in stages])],
)

stage_text(stage) := sprintf("one approval by %s", [reviewers_text(stage.reviewers)]) if {
	stage.approvals_required == 1
} else := sprintf(
	"%d approvals by different people of %s",
	[stage.approvals_required, reviewers_text(stage.reviewers)],
)

reviewers_text(reviewers) := concat(" or ", array.concat(
	[sprintf("role %s", [concat(" or ", reviewers.roles)]) | count(reviewers.roles) > 0],
	array.concat(
		["the people named for it" | count(reviewers.people) > 0],
		["the owners of its Scope" | reviewers.scope_owners],
	),
))

break_glass_sentences := [sprintf(
	"In an emergency it can be taken at once, for %s at the most, and is reviewed afterwards.",
	[duration_text(break_glass.max_duration_seconds)],
) |
	break_glass.allowed
]

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
