import { createRemoteJWKSet, errors, jwtVerify, type JWTVerifyGetKey } from 'jose';
import type { Clock } from '../../core/process/clock.ts';
import type { JwtConfig, ProxyLimits } from '../config.ts';
import { TokenCache } from './token-cache.ts';

export type JwtVerdict =
  | { readonly ok: true; readonly sub: string }
  /** `detail` is for the log; it never holds the token or a claim's value. */
  | { readonly ok: false; readonly reason: 'identity-invalid' | 'identity-unavailable'; readonly detail: string };

/** RFC 8725 3.11: a token made for another purpose (a denial token, a logout token) says so in `typ`. */
const ACCEPTED_TYPES: ReadonlySet<string> = new Set(['jwt', 'at+jwt', 'application/jwt', 'application/at+jwt']);

/**
 * Verifies JWTs by the keys of a JWKS URL, with issuer, audience and algorithms from the configuration alone
 * (RFC 8725). A key set that can't be fetched never lets anybody in.
 */
export class JwtIdentity {
  readonly #config: JwtConfig;
  readonly #limits: ProxyLimits;
  readonly #clock: Clock;
  readonly #keys: JWTVerifyGetKey;
  readonly #cache: TokenCache;

  constructor(config: JwtConfig, limits: ProxyLimits, clock: Clock) {
    this.#config = config;
    this.#limits = limits;
    this.#clock = clock;
    this.#cache = new TokenCache(limits.verified_tokens);
    this.#keys = createRemoteJWKSet(new URL(config.jwks_url), {
      timeoutDuration: limits.jwks_timeout_ms,
      cooldownDuration: limits.jwks_cooldown_ms,
      cacheMaxAge: limits.jwks_max_age_ms,
    });
  }

  get cachedTokens(): number {
    return this.#cache.size;
  }

  /** At once when the token was verified before, else a promise. */
  verify(token: string): JwtVerdict | Promise<JwtVerdict> {
    if (token.length > this.#limits.token_chars) {
      return { ok: false, reason: 'identity-invalid', detail: `longer than ${this.#limits.token_chars} characters` };
    }
    const key = TokenCache.keyOf(token);
    const known = this.#cache.get(key, this.#clock());
    return known === null ? this.#verifyNew(token, key) : { ok: true, sub: known.sub };
  }

  async #verifyNew(token: string, key: string): Promise<JwtVerdict> {
    const nowMs = this.#clock();
    try {
      const { payload, protectedHeader } = await jwtVerify(token, this.#keys, {
        issuer: this.#config.issuer,
        audience: this.#config.audience,
        algorithms: this.#config.algorithms,
        clockTolerance: this.#config.clock_tolerance_seconds,
        requiredClaims: ['exp', 'sub'],
        currentDate: new Date(nowMs),
      });
      if (protectedHeader.typ !== undefined && !ACCEPTED_TYPES.has(protectedHeader.typ.toLowerCase())) {
        return { ok: false, reason: 'identity-invalid', detail: 'a token of another type' };
      }
      const { sub, exp } = payload;
      if (typeof sub !== 'string' || sub === '' || typeof exp !== 'number') {
        return { ok: false, reason: 'identity-invalid', detail: 'no usable sub or exp' };
      }
      const expiresMs = (exp + this.#config.clock_tolerance_seconds) * 1000;
      // Not longer than keys are trusted without asking, so that a withdrawn key ends with them.
      this.#cache.set(key, { sub, untilMs: Math.min(expiresMs, nowMs + this.#limits.verified_token_ms) });
      return { ok: true, sub };
    } catch (error) {
      return judgeFailure(error);
    }
  }
}

function judgeFailure(error: unknown): JwtVerdict {
  if (error instanceof errors.JWKSTimeout) {
    return { ok: false, reason: 'identity-unavailable', detail: 'the JWKS URL did not answer in time' };
  }
  if (error instanceof errors.JOSEError && error.code !== 'ERR_JOSE_GENERIC') {
    return { ok: false, reason: 'identity-invalid', detail: error.code };
  }
  // A fetch that failed, an answer that is no JWKS: not the caller's fault, and no reason to let them in.
  return { ok: false, reason: 'identity-unavailable', detail: 'the JWKS URL gave no key set' };
}
