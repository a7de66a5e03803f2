import { forbiddenNomination } from '../identity/strip-headers.ts';
import type { RequestHead } from './request-head.ts';
import { isHost, protocolOf } from './route-table.ts';

/** TRACE echoes headers back (credentials too); CONNECT asks for a tunnel past the gate. */
const REFUSED_METHODS: ReadonlySet<string> = new Set(['TRACE', 'TRACK', 'CONNECT']);

const ONCE_ONLY: ReadonlySet<string> = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'content-type',
  'upgrade',
]);

/**
 * What makes a request readable in two ways, beyond what the HTTP parser refuses itself; null when nothing does.
 * Independent of route and caller, so the answer tells nothing about either (RFC 9112 6.1, 6.3, 11.2).
 */
export function refusalOf(
  request: RequestHead,
  upgrade: boolean,
  nominated: ReadonlySet<string> | null,
  maxHeaderCount: number,
): string | null {
  const method = request.method ?? '';
  if (REFUSED_METHODS.has(method)) return `the method ${method} is not passed on`;
  const { httpVersion, rawHeaders, headers } = request;
  if (httpVersion !== '1.1' && httpVersion !== '1.0') return `HTTP/${httpVersion} is not spoken here`;
  if (rawHeaders.length / 2 > maxHeaderCount) return `it has more than ${maxHeaderCount} headers`;
  let seen: Set<string> | null = null;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] as string).toLowerCase();
    if (!ONCE_ONLY.has(name)) continue;
    if (seen?.has(name) === true) return `it has more than one ${name} header`;
    (seen ??= new Set()).add(name);
  }
  const coding = headers['transfer-encoding'];
  if (coding !== undefined) {
    if (httpVersion === '1.0') return 'HTTP/1.0 has no transfer codings';
    if (coding.toLowerCase() !== 'chunked') return 'the only transfer coding passed on is chunked';
    if (headers['content-length'] !== undefined) return 'it has both content-length and transfer-encoding';
  }
  const forbidden = forbiddenNomination(nominated);
  if (forbidden !== null) return `its Connection header names ${forbidden}`;
  // RFC 9112 3.2.
  if (headers.host === undefined && httpVersion !== '1.0') return 'it has no Host header';
  if (headers.host !== undefined && !isHost(headers.host)) return 'its Host is no host name';
  return upgrade ? upgradeRefusal(request) : null;
}

/** RFC 6455 4.1, and what other protocols share with it. A body would stand between the handshake and the frames, where two servers may part ways. */
function upgradeRefusal(request: RequestHead): string | null {
  const { headers } = request;
  const isWebSocket = protocolOf(headers) === 'websocket';
  if (request.method !== 'GET' && (isWebSocket || request.method !== 'POST')) return 'an upgrade must be a GET';
  if (request.httpVersion !== '1.1') return 'an upgrade needs HTTP/1.1';
  const hasLength = isWebSocket ? headers['content-length'] !== undefined : Number(headers['content-length'] ?? 0) > 0;
  if (hasLength || headers['transfer-encoding'] !== undefined) return 'an upgrade may have no body';
  if (!isWebSocket) return null;
  if (headers['sec-websocket-version'] !== '13') return 'the only WebSocket version passed on is 13';
  const key = headers['sec-websocket-key'];
  return key !== undefined && /^[A-Za-z0-9+/]{22}==$/.test(key) ? null : 'its Sec-WebSocket-Key is no key';
}
