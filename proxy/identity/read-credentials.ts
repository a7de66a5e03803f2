import { isAliasOf } from './identity-header.ts';
import { cookieValues } from './strip-cookies.ts';

/** What a request carries of what can be a credential here. */
export interface Credentials {
  readonly bearer: string | null;
  readonly cookie: string | null;
  readonly proxyHeader: string | null;
}

/** Which headers count. */
export interface CredentialPlaces {
  /** Whether a bearer token says who calls; if not, Authorization is the upstream's affair. */
  readonly bearer: boolean;
  /** Name of the cookie. */
  readonly cookie: string | null;
  /** Lower-case name of the header of an authenticating proxy. */
  readonly proxyHeader: string | null;
}

const BEARER = /^Bearer +([A-Za-z0-9._~+/-]+=*) *$/i;
/** RFC 7515 3.1. */
const COMPACT = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

/**
 * The credentials of a request, each at most once (RFC 6750 2.1). Null when one can be read in two ways: two Authorization
 * headers, a Bearer that is no token, two different cookies of the name, the proxy's header twice or under an alias.
 */
export function readCredentials(rawHeaders: readonly string[], places: CredentialPlaces): Credentials | null {
  let authorization: string | null = null;
  let proxyHeader: string | null = null;
  let cookies: string[] | null = null;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] as string).toLowerCase();
    if (name === 'authorization') {
      if (authorization !== null) return null;
      authorization = rawHeaders[index + 1] as string;
    } else if (name === 'cookie') {
      if (places.cookie !== null) (cookies ??= []).push(rawHeaders[index + 1] as string);
    } else if (places.proxyHeader !== null && isAliasOf(name, places.proxyHeader)) {
      if (proxyHeader !== null || name !== places.proxyHeader) return null;
      proxyHeader = rawHeaders[index + 1] as string;
    }
  }
  if (proxyHeader !== null && !COMPACT.test(proxyHeader)) return null;
  let bearer: string | null = null;
  if (places.bearer && authorization !== null) {
    bearer = BEARER.exec(authorization)?.[1] ?? null;
    if (bearer === null && /^Bearer\b/i.test(authorization)) return null;
  }
  const cookie = cookies === null ? [] : cookieValues(cookies, places.cookie as string);
  if (cookie.length > 1) return null;
  return { bearer, cookie: cookie[0] === '' ? null : (cookie[0] ?? null), proxyHeader };
}
