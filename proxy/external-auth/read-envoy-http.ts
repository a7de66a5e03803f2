import type { IncomingMessage } from 'node:http';
import { AskedHeaders } from './asked-headers.ts';
import type { CheckReading } from './check.ts';
import { readUpgrade } from './read-nginx.ts';

const CONTROL: ReadonlySet<string> = new Set(['x-original-address', 'x-original-upgrade']);

/** `path_prefix` of Envoy's HTTP service. */
export const ENVOY_PREFIX = '/envoy';

/**
 * Envoy ext_authz over HTTP: the client's method, Host and path, with `path_prefix` before it, and those of the
 * client's headers that `allowed_headers` names. The client's address and Upgrade come by `headers_to_add`.
 */
export function readEnvoyHttp(request: IncomingMessage): CheckReading {
  const asked = new AskedHeaders(request, CONTROL);
  const check = {
    method: request.method ?? '',
    target: (request.url ?? '').slice(ENVOY_PREFIX.length),
    host: asked.one('host'),
    sourceIp: asked.address('x-original-address'),
    upgrade: readUpgrade(asked),
    ...asked.ofClient(),
  };
  return asked.refused === null ? { ok: true, check } : { ok: false, refused: asked.refused };
}
