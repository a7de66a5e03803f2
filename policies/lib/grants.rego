package hallpass.lib.grants

# Id of the grant that lasts longest, a permanent one first: what is allowed on it is then not looked at again before
# it must be. Undefined for no grants. Times are RFC 3339 in UTC with milliseconds, so their text sorts as they do.
longest_lasting(grants) := min(permanent) if {
	permanent := {grant.id | some grant in grants; grant.expires_at == null}
	count(permanent) > 0
} else := max({[grant.expires_at, grant.id] | some grant in grants})[1]
