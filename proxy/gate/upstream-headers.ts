import type { HeaderList } from '../identity/header-list.ts';
import { stripCookies } from '../identity/strip-cookies.ts';
import { stripHeaders } from '../identity/strip-headers.ts';
import type { Permit } from './permit.ts';
import type { RequestHead } from './request-head.ts';

/**
 * All headers of the request as the upstream gets it: what may pass of the client's, and our own, whose names nothing of
 * the client's has. Nothing is added later.
 */
export function upstreamHeaders(from: {
  readonly request: RequestHead;
  /** What the connection is to become; null: an ordinary request. */
  readonly protocol: string | null;
  readonly nominated: ReadonlySet<string> | null;
  readonly permit: Permit;
  readonly evaluationId: string;
  readonly assertion: string | null;
  readonly identityCookie: string | null;
  readonly identityHeader: string | null;
}): HeaderList {
  const { request } = from;
  const { route, headers: own } = from.permit;
  const headers = stripHeaders(request.rawHeaders, from.nominated, route.forwardAuthorization);
  // Under this name only: a request with an alias of it had no identity.
  if (from.identityHeader !== null) headers.delete(from.identityHeader);
  setCookies(headers, from.identityCookie);
  // Decided by what the parser saw, not by what the client may have written twice.
  if (request.headers['transfer-encoding'] !== undefined) headers.add('transfer-encoding', 'chunked');
  const clientHost = request.headers.host;
  headers.add('host', route.preserveHost && clientHost !== undefined ? clientHost : route.upstreamHost);
  headers.add('via', request.httpVersion === '1.1' ? '1.1 hallpass' : `${request.httpVersion} hallpass`);
  headers.add('x-forwarded-for', request.socket.remoteAddress ?? 'unknown');
  for (let index = 0; index < own.length; index += 2) headers.add(own[index] as string, own[index + 1] as string);
  headers.add('x-hallpass-evaluation-id', from.evaluationId);
  if (from.assertion !== null) headers.add('x-hallpass-assertion', from.assertion);
  if (from.protocol !== null) {
    headers.add('connection', 'Upgrade');
    headers.add('upgrade', from.protocol);
  }
  return headers;
}

function setCookies(headers: HeaderList, identityCookie: string | null): void {
  if (!headers.has('cookie')) return;
  const kept = stripCookies(headers.all('cookie').join('; '), identityCookie);
  if (kept === undefined) headers.delete('cookie');
  else headers.set('cookie', kept);
}
