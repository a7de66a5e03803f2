import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { isHopByHop } from '../identity/strip-headers.ts';
import type { CheckReading } from './check.ts';
import type { CheckRequest } from './ext-authz-contract.ts';

type Http = NonNullable<NonNullable<NonNullable<CheckRequest['attributes']>['request']>['http']>;

/** Said by Envoy in fields of their own, so a second telling has to agree. */
const PSEUDO_FIELDS: ReadonlyMap<string, 'method' | 'path' | 'host'> = new Map([
  [':method', 'method'],
  [':path', 'path'],
  [':authority', 'host'],
  ['host', 'host'],
]);

/** Envoy ext_authz over gRPC: everything that is asked about stands in the CheckRequest, and none of it is the client's to say. */
export function readEnvoyGrpc(asked: CheckRequest): CheckReading {
  const { source, request } = asked.attributes ?? {};
  const http = request?.http;
  if (http === undefined || http === null) return refuse('it is no HTTP request');
  const { method = '', path = '', host = '' } = http;
  if (!/^[A-Z][A-Z-]{0,31}$/.test(method)) return refuse('its method is no HTTP method');
  const raw = headersOf(http);
  const rawHeaders: string[] = [];
  const headers: IncomingHttpHeaders = {};
  for (const [name, value] of raw) {
    const field = PSEUDO_FIELDS.get(name);
    if (field !== undefined && value !== (http[field] ?? ''))
      return refuse(`its ${name} and its ${field} are not the same`);
    // Name and value go on as one header each or not at all: here no parser has looked at them.
    if (!/^:?[a-z0-9!#$%&'*+.^_`|~-]+$/.test(name) || /[\0\r\n]/.test(value)) return refuse('it has a broken header');
    if (name.startsWith(':') || name === 'host') continue;
    if (!isHopByHop(name) && name !== 'content-length') rawHeaders.push(name, value);
    const before = headers[name];
    headers[name] = before === undefined ? value : `${String(before)}${name === 'cookie' ? '; ' : ', '}${value}`;
  }
  const upgrade = upgradeOf(headers);
  // How the body is framed is between the client and Envoy, as with every proxy that asks.
  for (const name of Object.keys(headers)) if (isHopByHop(name) || name === 'content-length') delete headers[name];
  if (upgrade === null) return refuse('the only upgrade passed on is websocket');
  const address = source?.address?.socket_address?.address ?? '';
  return {
    ok: true,
    check: {
      method,
      target: path,
      host,
      sourceIp: isIP(address) === 0 ? null : address,
      upgrade,
      rawHeaders,
      headers,
    },
  };
}

/** `header_map` where `encode_raw_headers` is set, else `headers`; lower case either way. */
function headersOf(http: Http): [string, string][] {
  const list = http.header_map?.headers ?? [];
  if (list.length === 0) {
    return Object.entries(http.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
  }
  return list.map(({ key, value, raw_value: bytes }) => {
    const text = bytes === undefined || bytes.byteLength === 0 ? (value ?? '') : Buffer.from(bytes).toString('latin1');
    return [key.toLowerCase(), text];
  });
}

/** null: to something else. */
function upgradeOf(headers: IncomingHttpHeaders): 'none' | 'websocket' | null {
  const wanted = headers.upgrade?.trim().toLowerCase() ?? '';
  if (wanted === '') return 'none';
  return wanted === 'websocket' ? 'websocket' : null;
}

function refuse(refused: string): CheckReading {
  return { ok: false, refused };
}
