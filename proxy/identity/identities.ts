import type { Logger } from '../../core/process/logger.ts';
import type { RequestHead } from '../gate/request-head.ts';
import type { CertificateIdentity } from './certificate-identity.ts';
import { invalid, type Identification, type Identified, type Unidentified } from './identification.ts';
import type { JwtIdentity, TokenVerdict } from './jwt-identity.ts';
import { readCredentials, type CredentialPlaces } from './read-credentials.ts';

export interface IdentityWays {
  /** Client certificates; null: they say nothing about who calls. */
  readonly certificates: CertificateIdentity | null;
  /** Bearer tokens, and the cookie; null: neither is a way. */
  readonly tokens: JwtIdentity | null;
  readonly cookie: { readonly name: string; readonly issuer: string } | null;
  /** `name` in lower case. */
  readonly proxyHeader: { readonly name: string; readonly tokens: JwtIdentity } | null;
}

type Way = 'certificate' | 'bearer' | 'cookie' | 'proxy-header';

const MISSING: Unidentified = { ok: false, reason: 'identity-missing', detail: 'no credential of a configured way' };

/**
 * Who calls, by every credential the request carries in a configured way: client certificate, bearer token, cookie, header of an authenticating
 * proxy, in this order. All of them must be good and speak of the same subject. So none is excused by another, and
 * nobody has to know which one wins: with two opinions, none does.
 */
export class Identities {
  readonly #ways: IdentityWays;
  readonly #places: CredentialPlaces;
  readonly #logger: Logger;

  constructor(ways: IdentityWays, logger: Logger) {
    this.#ways = ways;
    this.#logger = logger;
    this.#places = {
      bearer: ways.tokens !== null,
      cookie: ways.cookie?.name ?? null,
      proxyHeader: ways.proxyHeader?.name ?? null,
    };
  }

  get cachedTokens(): number {
    return (this.#ways.tokens?.cachedTokens ?? 0) + (this.#ways.proxyHeader?.tokens.cachedTokens ?? 0);
  }

  /** At once for what was verified before, else a promise. */
  identify(request: Pick<RequestHead, 'rawHeaders' | 'socket'>): Identification | Promise<Identification> {
    const { certificates, tokens, cookie, proxyHeader } = this.#ways;
    const certificate = certificates === null ? null : certificates.identify(request.socket);
    const read = readCredentials(request.rawHeaders, this.#places);
    if (read === null) return this.#told(invalid('a credential that can be read in two ways'));
    // What nearly every request is.
    if (read.bearer !== null && certificate === null && read.cookie === null && read.proxyHeader === null) {
      return this.#settle((tokens as JwtIdentity).verify(read.bearer), 'bearer');
    }
    const found: (Identification | Promise<Identification>)[] = [];
    if (certificate !== null) found.push(this.#settle(certificate, 'certificate'));
    if (read.bearer !== null) found.push(this.#settle((tokens as JwtIdentity).verify(read.bearer), 'bearer'));
    if (read.cookie !== null && cookie !== null) {
      found.push(this.#settle(ofCookie((tokens as JwtIdentity).verify(read.cookie), cookie.issuer), 'cookie'));
    }
    if (read.proxyHeader !== null && proxyHeader !== null) {
      found.push(this.#settle(proxyHeader.tokens.verify(read.proxyHeader), 'proxy-header'));
    }
    if (found.length === 0) return MISSING;
    if (found.length === 1) return found[0] as Identification | Promise<Identification>;
    if (found.some((one) => one instanceof Promise)) return Promise.all(found).then((all) => this.#told(agree(all)));
    return this.#told(agree(found as Identification[]));
  }

  #settle(verdict: Identification | Promise<Identification>, way: Way): Identification | Promise<Identification> {
    if (verdict instanceof Promise) return verdict.then((late) => this.#told(late, way));
    return verdict.ok ? verdict : this.#told(verdict, way);
  }

  #told(verdict: Identification, way: Way | null = null): Identification {
    if (!verdict.ok) this.#logger.debug({ way, reason: verdict.reason, detail: verdict.detail }, 'no identity');
    return verdict;
  }
}

/** One voice of all, or none. What is wrong outweighs what can't be known now. */
function agree(all: readonly Identification[]): Identification {
  const bad = all.find((one) => !one.ok && one.reason === 'identity-invalid') ?? all.find((one) => !one.ok);
  if (bad !== undefined) return bad;
  const { sub } = all[0] as Identified;
  if (all.some((one) => (one as Identified).sub !== sub)) return invalid('two credentials that speak of two subjects');
  // Another site can make a browser send its cookie, but not a bearer token.
  const isAmbient = all.every((one) => (one as Identified).isAmbient);
  return { ok: true, sub, isAmbient, endsAtMs: Math.min(...all.map((one) => (one as Identified).endsAtMs)) };
}

/** Browsers send cookies by themselves; and this one is for the tokens of its own issuer. */
function ofCookie(
  verdict: TokenVerdict | Promise<TokenVerdict>,
  issuer: string,
): Identification | Promise<Identification> {
  if (verdict instanceof Promise) return verdict.then((late) => ofCookie(late, issuer));
  if (!verdict.ok) return verdict;
  if (verdict.issuer !== issuer) return invalid('a cookie with a token of another issuer');
  return { ok: true, sub: verdict.sub, isAmbient: true, endsAtMs: verdict.endsAtMs };
}
