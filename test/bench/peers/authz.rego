# OPA's guard of its own API, asked about each request before it is served: the form for proxies that can send headers
# and no body. Allowed is whatever was asked for (`GET /health`: 200), refused is 401.
package system.authz

import data.bench.ask

default allow := false

allow if ask.allowed(input.identity, input.headers["X-Forwarded-Method"][0], input.headers["X-Forwarded-Uri"][0])
