import { errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { invalid, unavailable, type Unidentified } from './identification.ts';
import { KeysUnavailable } from './remote-keys.ts';
import { hasTwinMembers } from './twin-members.ts';

/** RFC 8725 3.11: a token made for another purpose (a denial token, a logout token) says so in `typ`. */
const ACCEPTED_TYPES: ReadonlySet<string> = new Set(['jwt', 'at+jwt', 'application/jwt', 'application/at+jwt']);
/** The end of the year 9999, the last that RFC 3339 can write. */
const LAST_SECOND = 253_402_300_799;
/** What a person's `sub` may have (`core/access/subject.ts`). */
const MAX_SUB_CHARS = 255;

export interface JwtRules {
  readonly issuer: string;
  readonly audience: string | string[];
  readonly algorithms: readonly string[];
  readonly clock_tolerance_seconds: number;
}

export interface JwtVerifierOptions {
  readonly rules: JwtRules;
  readonly keys: JWTVerifyGetKey;
  /** The subject that good claims speak of; null: of none that this issuer may name. */
  readonly subjectOf: (claims: JWTPayload) => string | null;
  /** Asked last of all, with the network: whether the token still stands. */
  readonly confirm?: (token: string, sub: string, nowMs: number) => Promise<Confirmation>;
}

export type Confirmation =
  /** `untilMs`: how long the answer may be believed. */
  { readonly ok: true; readonly untilMs: number } | Unidentified;

export type JwtVerdict =
  /** `endsAtMs`: when the token ends. `untilMs`: when it does, or what is known of it. */
  { readonly ok: true; readonly sub: string; readonly endsAtMs: number; readonly untilMs: number } | Unidentified;

/**
 * Verifies the JWTs of one issuer, with issuer, audience and algorithms from the configuration alone (RFC 8725). Keys come
 * from the configured place only: `jwk`, `jku`, `x5c` and `x5u` of a token are not looked at.
 */
export class JwtVerifier {
  readonly #options: JwtVerifierOptions;

  constructor(options: JwtVerifierOptions) {
    this.#options = options;
  }

  get issuer(): string {
    return this.#options.rules.issuer;
  }

  async verify(token: string, nowMs: number): Promise<JwtVerdict> {
    const { rules, keys, subjectOf, confirm } = this.#options;
    let sub: string | null;
    let endsAtMs: number;
    try {
      const { payload, protectedHeader } = await jwtVerify(token, keys, {
        issuer: rules.issuer,
        audience: rules.audience,
        algorithms: [...rules.algorithms],
        clockTolerance: rules.clock_tolerance_seconds,
        requiredClaims: ['exp', 'sub'],
        currentDate: new Date(nowMs),
      });
      const { typ } = protectedHeader;
      if (typ !== undefined && !(typeof typ === 'string' && ACCEPTED_TYPES.has(typ.toLowerCase()))) {
        return invalid('a token of another type');
      }
      if (saysTwoThings(token)) return invalid('a member twice');
      const { exp } = payload;
      if (typeof exp !== 'number' || exp > LAST_SECOND) return invalid('no usable exp');
      if (typeof payload.sub !== 'string' || payload.sub === '') return invalid('no usable sub');
      sub = subjectOf(payload);
      endsAtMs = (exp + rules.clock_tolerance_seconds) * 1000;
    } catch (error) {
      return judgeFailure(error);
    }
    if (sub === null || sub.length > MAX_SUB_CHARS) return invalid('a subject that this issuer may not name');
    if (confirm === undefined) return { ok: true, sub, endsAtMs, untilMs: endsAtMs };
    const confirmation = await confirm(token, sub, nowMs);
    if (!confirmation.ok) return confirmation;
    return { ok: true, sub, endsAtMs, untilMs: Math.min(endsAtMs, confirmation.untilMs) };
  }
}

/** What `iss` an unverified token states; null when it is no token. Only says whose keys to try. */
export function statedIssuer(token: string): string | null {
  const payload = segment(token, 1);
  if (payload === null) return null;
  try {
    const claims: unknown = JSON.parse(payload);
    const issuer = typeof claims === 'object' && claims !== null ? (claims as { iss?: unknown }).iss : null;
    return typeof issuer === 'string' ? issuer : null;
  } catch {
    return null;
  }
}

function saysTwoThings(token: string): boolean {
  return [0, 1].some((index) => hasTwinMembers(segment(token, index) ?? ''));
}

function segment(token: string, index: number): string | null {
  const part = token.split('.', 3)[index];
  return part === undefined ? null : Buffer.from(part, 'base64url').toString();
}

function judgeFailure(error: unknown): Unidentified {
  if (error instanceof KeysUnavailable) return unavailable(error.message);
  if (error instanceof errors.JOSEError) return invalid(error.code);
  // A key that can't be used, say: not the caller's fault, and no reason to let them in.
  return unavailable('the key set holds a key that can not be used');
}
