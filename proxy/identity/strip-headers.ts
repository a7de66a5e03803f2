import { HeaderList } from './header-list.ts';

/**
 * Names a client can't use to say who it is or where a request came from (law 12). Compared in canonical form, so that
 * `X_Forwarded_User`, `x.forwarded.user` and `X-FORWARDED-USER` are one name, as they are to CGI, WSGI and PHP.
 */
const STRIPPED_NAMES: ReadonlySet<string> = new Set([
  'forwarded',
  'via',
  'proxy',
  'max-forwards',
  'true-client-ip',
  'cf-connecting-ip',
  'cf-access-jwt-assertion',
  'cf-access-authenticated-user-email',
  'fastly-client-ip',
  'client-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'x-forwarded',
  'x-real-ip',
  'x-http-method',
  'x-http-method-override',
  'x-method-override',
  'x-proxy-user',
  'x-email',
  'x-groups',
  'x-role',
  'x-roles',
  'x-subject',
  'x-principal',
  'x-login',
  'x-jwt-assertion',
  'x-host',
  'x-waws-unencoded-url',
]);

const STRIPPED_PREFIXES: readonly string[] = [
  'hallpass-',
  'remote-',
  'ssl-client-',
  'x-amzn-oidc-',
  'x-auth-email',
  'x-auth-group',
  'x-auth-request-',
  'x-auth-role',
  'x-auth-subject',
  'x-auth-user',
  'x-authenticated-',
  'x-authentik-',
  'x-client-cert',
  'x-consumer-',
  'x-envoy-',
  'x-forwarded-',
  'x-goog-authenticated-user-',
  'x-goog-iap-',
  'x-hallpass-',
  'x-middleware-',
  'x-ms-client-principal',
  'x-original-',
  'x-pomerium-',
  'x-remote-',
  'x-rewrite-',
  'x-ssl-client-',
  'x-user',
  'x-vouch-',
  'x-webauth-',
];

/** RFC 9110 7.6.1 and the older names still in use: they speak about one connection, so they end here. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'proxy-connection',
  'keep-alive',
  'te',
  'trailer',
  'trailers',
  'transfer-encoding',
  'upgrade',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-authentication-info',
  'http2-settings',
  'expect',
]);

/** What `Connection:` may not nominate: taking these away changes what the request is (smuggling, CVE-2026-39858 and kin). */
const NEVER_NOMINATED: ReadonlySet<string> = new Set([
  'host',
  'content-length',
  'content-type',
  'content-encoding',
  'authorization',
  'cookie',
  'origin',
  'sec-websocket-key',
  'sec-websocket-version',
]);

/** Every character but letters and digits is one and the same: what some server would fold into `_` or `-`. */
export function canonicalName(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '-');
}

/** Named like an identity, but it only says which client library speaks (gRPC-Web). */
const NOT_IDENTITY: ReadonlySet<string> = new Set(['x-user-agent']);

const CACHE_ENTRIES = 4_096;

/** What becomes of a header of a name, however often it comes. */
interface NameVerdict {
  readonly lower: string;
  /** Never reaches an upstream, as it could say who somebody is or where a request came from. */
  readonly isStripped: boolean;
  readonly isPassed: boolean;
}

const verdicts = new Map<string, NameVerdict>();

/** One look-up by the name as the client spells it, in place of putting it into small letters for several tables. */
function verdictOn(name: string): NameVerdict {
  let verdict = verdicts.get(name);
  if (verdict === undefined) {
    const lower = name.toLowerCase();
    const canonical = canonicalName(name);
    const stripped =
      STRIPPED_NAMES.has(canonical) ||
      isDisguised(name, canonical) ||
      (STRIPPED_PREFIXES.some((prefix) => canonical.startsWith(prefix)) && !NOT_IDENTITY.has(canonical));
    verdict = { lower, isStripped: stripped, isPassed: !stripped && !HOP_BY_HOP.has(lower) };
    // Clients choose the names, so what is remembered of them is bounded.
    if (verdicts.size < CACHE_ENTRIES) verdicts.set(name, verdict);
  }
  return verdict;
}

/** Whether a header of this name, as spelled by a client, never reaches an upstream. */
export function isStripped(name: string): boolean {
  return verdictOn(name).isStripped;
}

/** `Transfer_Encoding` is no name of ours, but one to servers that fold; it would frame or address the message there. */
function isDisguised(name: string, canonical: string): boolean {
  return name.toLowerCase() !== canonical && (HOP_BY_HOP.has(canonical) || NEVER_NOMINATED.has(canonical));
}

export function isHopByHop(lowerName: string): boolean {
  return HOP_BY_HOP.has(lowerName);
}

/** The header names that the `Connection` headers nominate, lower case, without the connection options themselves. */
export function nominatedBy(rawHeaders: readonly string[]): ReadonlySet<string> | null {
  let nominated: Set<string> | null = null;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] as string).toLowerCase();
    if (name !== 'connection' && name !== 'proxy-connection') continue;
    for (const token of (rawHeaders[index + 1] as string).split(',')) {
      const option = token.trim().toLowerCase();
      if (option !== '' && option !== 'keep-alive' && option !== 'close') (nominated ??= new Set()).add(option);
    }
  }
  return nominated;
}

/** A name that `Connection:` may not take away; null when all are fine. */
export function forbiddenNomination(nominated: ReadonlySet<string> | null): string | null {
  if (nominated === null) return null;
  for (const name of nominated) if (NEVER_NOMINATED.has(name)) return name;
  return null;
}

/**
 * What may pass of a client's headers: all but hop-by-hop and nominated ones and the names above. Cookie is left to the
 * caller. Repeated headers stay repeated.
 *
 * @param rawHeaders name, value, name, value… as they came
 * @param passesAuthorization whether Authorization passes too
 */
export function stripHeaders(
  rawHeaders: readonly string[],
  nominated: ReadonlySet<string> | null,
  passesAuthorization = true,
): HeaderList {
  const kept = new HeaderList();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const { lower: name, isPassed } = verdictOn(rawHeaders[index] as string);
    if (!isPassed || nominated?.has(name) === true) continue;
    // What the request is to be sent to is said anew.
    if (name === 'host' || (name === 'authorization' && !passesAuthorization)) continue;
    kept.add(name, rawHeaders[index + 1] as string);
  }
  return kept;
}
