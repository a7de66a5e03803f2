# What an OPA server needs so that it can answer for Hallpass's policy from outside: it verifies the token, finds person
# and resource in data, and builds the documented input (docs/policy-input.md). The policy is the one in policies/.
package bench.ask

action_of := {"GET": "read", "HEAD": "read", "POST": "write", "PUT": "write", "PATCH": "write", "DELETE": "write"}

allowed(token, method, target) if {
	[is_valid, _, claims] := io.jwt.decode_verify(token, data.bench.constraints)
	is_valid
	person := data.bench.people[claims.sub]
	segments := split(target, "/")
	segments[1] == "connections"
	place := data.bench.places[concat(":", ["connection", segments[2]])]
	now := time.now_ns()
	decision := data.hallpass.authz.decision with input as {
		"subject": person.subject,
		"resource": place.resource,
		"action": {"name": action_of[method], "method": method},
		"context": {"path": target, "host": null, "source_ip": null, "time": time.format(now)},
		"scopes": place.scopes,
		"grants": [grant.input |
			some bearing in place.bearing
			some grant in person.grants[bearing]
			grant.starts_ns <= now
			now < grant.ends_ns
		],
	}
	decision.allow == true
}
