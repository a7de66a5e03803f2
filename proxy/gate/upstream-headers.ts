import { isActive, type Grant } from '../../core/access/grant.ts';
import { higherRole, type Role } from '../../core/access/role.ts';
import type { Subject } from '../../core/access/subject.ts';
import type { Decision } from '../../core/decision/decision.ts';
import type { Assertions } from '../identity/assertions.ts';
import { stripCookies } from '../identity/strip-cookies.ts';
import { stripHeaders, type UpstreamHeaders } from '../identity/strip-headers.ts';
import type { RequestHead } from './request-head.ts';
import type { Route } from './route-table.ts';

/**
 * All headers of the request as the upstream gets it: what may pass of the client's, then our own, which replace
 * whatever had the same name. Nothing is added later.
 */
export function upstreamHeaders(from: {
  readonly request: RequestHead;
  /** What the connection is to become; null: an ordinary request. */
  readonly protocol: string | null;
  readonly nominated: ReadonlySet<string> | null;
  readonly route: Route;
  readonly subject: Subject;
  readonly grants: readonly Grant[];
  readonly decision: Decision;
  readonly publicUrl: string;
  readonly identityCookie: string | null;
  readonly identityHeader: string | null;
  readonly assertions: Assertions | null;
}): UpstreamHeaders {
  const { request, route, subject } = from;
  const headers = stripHeaders(request.rawHeaders, from.nominated, route.forwardAuthorization);
  // Under this name only: a request with an alias of it had no identity.
  if (from.identityHeader !== null) delete headers[from.identityHeader];
  setCookies(headers, from.identityCookie);
  // Decided by what the parser saw, not by what the client may have written twice.
  if (request.headers['transfer-encoding'] !== undefined) headers['transfer-encoding'] = 'chunked';
  const clientHost = request.headers.host;
  headers.host = route.preserveHost && clientHost !== undefined ? clientHost : hostOf(route.upstreamOrigin);
  headers.via = `${request.httpVersion} hallpass`;
  headers['x-forwarded-for'] = request.socket.remoteAddress ?? 'unknown';
  headers['x-forwarded-proto'] = from.publicUrl.startsWith('https:') ? 'https' : 'http';
  headers['x-forwarded-host'] = route.host ?? hostOf(from.publicUrl);
  if (route.stripPrefix && route.prefix !== '') headers['x-forwarded-prefix'] = route.prefix;
  headers['x-hallpass-subject'] = subject.id;
  headers['x-hallpass-email'] = subject.email;
  const role = from.decision.role ?? subject.role;
  headers['x-hallpass-role'] = role;
  headers['x-hallpass-evaluation-id'] = from.decision.evaluation_id;
  if (from.assertions !== null && route.assertionAudience !== null) {
    headers['x-hallpass-assertion'] = from.assertions.assert({
      subject,
      role,
      audience: route.assertionAudience,
      resource: route.resourceKey,
      endsAt: firstEnd(subject.role, from.grants, from.decision),
      nowMs: from.decision.evaluated_at,
    });
  }
  if (from.protocol !== null) {
    headers.connection = 'Upgrade';
    headers.upgrade = from.protocol;
  }
  return headers;
}

function setCookies(headers: UpstreamHeaders, identityCookie: string | null): void {
  const { cookie } = headers;
  if (cookie === undefined) return;
  const kept = stripCookies(typeof cookie === 'string' ? cookie : cookie.join('; '), identityCookie);
  if (kept === undefined) delete headers.cookie;
  else headers.cookie = kept;
}

/** When the first of the grants ends that carry the request or make the role; null: none of them ends by time. */
function firstEnd(
  base: Role,
  grants: readonly Grant[],
  { grants: carrying, evaluated_at: nowMs }: Decision,
): number | null {
  let first: number | null = null;
  for (const grant of grants) {
    const { id, entitlement, expires_at: end } = grant;
    if (end === null || (first !== null && end >= first) || !isActive(grant, nowMs)) continue;
    const makesRole = entitlement.kind === 'role' && higherRole(base, entitlement.role) !== base;
    if (makesRole || carrying.includes(id)) first = end;
  }
  return first;
}

/** `host:port`, as in a Host header. */
function hostOf(origin: string): string {
  return origin.slice(origin.indexOf('//') + 2);
}
