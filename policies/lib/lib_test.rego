package hallpass.lib_test

import data.hallpass.lib.grants
import data.hallpass.lib.roles

test_no_grant_lasts if not grants.longest_lasting([])

test_only_ranks_below_the_owner_can_be_asked_for if {
	[roles.askable(rank) | some rank in numbers.range(0, 5)] == [null, "viewer", "member", "admin", null, null]
}
