# `POST /` of an OPA server: asked by nginx, which makes the body. Undefined, which is status 404, unless allowed.
package system

import data.bench.ask

main := true if ask.allowed(input.token, input.method, input.target)
