import type { Clock } from '../../core/process/clock.ts';
import type { ProxyLimits } from '../config.ts';
import { invalid, type Identified, type Unidentified } from './identification.ts';
import { statedIssuer, type JwtVerifier } from './jwt-verifier.ts';
import { TokenCache } from './token-cache.ts';

/** Who a token speaks for, and by whose word. */
export interface TokenIdentity extends Identified {
  readonly issuer: string;
  /** Milliseconds since the epoch; from here on it has to be verified anew. */
  readonly untilMs: number;
}

export type TokenVerdict = TokenIdentity | Unidentified;

/** JWTs of one or several issuers. A token is tried with the keys of the issuer it states, and of no other. */
export class JwtIdentity {
  readonly #verifiers: ReadonlyMap<string, JwtVerifier>;
  /** Where there is one only, it need not be looked for. */
  readonly #only: JwtVerifier | null;
  readonly #limits: ProxyLimits;
  readonly #clock: Clock;
  readonly #isAmbient: boolean;
  readonly #cache: TokenCache<TokenIdentity>;
  /** Being verified now, so that many requests with one new token cost one verification. */
  readonly #pending = new Map<string, Promise<TokenVerdict>>();

  /** @param isAmbient of the identities, see `Identified` */
  constructor(verifiers: readonly JwtVerifier[], limits: ProxyLimits, clock: Clock, isAmbient = false) {
    this.#verifiers = new Map(verifiers.map((verifier) => [verifier.issuer, verifier]));
    this.#only = verifiers.length === 1 ? (verifiers[0] as JwtVerifier) : null;
    this.#limits = limits;
    this.#clock = clock;
    this.#isAmbient = isAmbient;
    this.#cache = new TokenCache(limits.verified_tokens);
  }

  get cachedTokens(): number {
    return this.#cache.size;
  }

  /** At once when the token was verified before, else a promise. */
  verify(token: string): TokenVerdict | Promise<TokenVerdict> {
    if (token.length > this.#limits.token_chars) {
      return invalid(`longer than ${this.#limits.token_chars} characters`);
    }
    const key = TokenCache.keyOf(token);
    const known = this.#cache.get(key, this.#clock());
    if (known !== null) return known;
    let pending = this.#pending.get(key);
    if (pending === undefined) {
      pending = this.#verifyNew(token, key).finally(() => this.#pending.delete(key));
      this.#pending.set(key, pending);
    }
    return pending;
  }

  async #verifyNew(token: string, key: string): Promise<TokenVerdict> {
    const nowMs = this.#clock();
    const verifier = this.#only ?? this.#verifiers.get(statedIssuer(token) ?? '');
    if (verifier === undefined) return invalid('of an issuer that is not configured');
    const verdict = await verifier.verify(token, nowMs);
    if (!verdict.ok) return verdict;
    const identity: TokenIdentity = {
      ok: true,
      sub: verdict.sub,
      isAmbient: this.#isAmbient,
      endsAtMs: verdict.endsAtMs,
      issuer: verifier.issuer,
      // Not longer than keys are trusted without asking, so that a withdrawn key ends with them.
      untilMs: Math.min(verdict.untilMs, nowMs + this.#limits.verified_token_ms),
    };
    this.#cache.set(key, identity);
    return identity;
  }
}
