import { sign } from 'node:crypto';
import type { Role } from '../../core/access/role.ts';
import type { Subject } from '../../core/access/subject.ts';
import type { AssertionKey, AssertionKeys } from './assertion-keys.ts';
import { TokenCache } from './token-cache.ts';

/** What is asserted to an upstream of one request that may pass. */
export interface AssertedRequest {
  readonly subject: Subject;
  /** Now, role grants included. */
  readonly role: Role;
  readonly audience: string;
  /** Resource key. */
  readonly resource: string;
  /** When the first of the grants that carry this ends; null: none ends by time. Milliseconds since the epoch. */
  readonly endsAt: number | null;
  readonly nowMs: number;
}

export interface Assertion {
  /** Compact JWS (RFC 7515). */
  readonly token: string;
  /** Milliseconds since the epoch; from here on another one is to be asked for. */
  readonly untilMs: number;
}

interface SignedAssertion extends Assertion {
  readonly email: string;
  readonly role: Role;
  readonly endsAt: number | null;
  readonly resource: string;
}

export interface AssertionsOptions {
  readonly keys: AssertionKeys;
  /** `iss`: the sidecar's public URL. */
  readonly issuer: string;
  readonly lifetimeMs: number;
  /** Kept at the most. */
  readonly remembered: number;
}

/** After this part of its lifetime an assertion is made anew, so that each has time left when it arrives. */
const REUSED = 0.5;

/**
 * Short-lived JWTs that say to an upstream who calls: it can check them, which plain headers can't be, and nothing in them
 * comes from the client. One serves many requests of the same person to the same audience, because a signature for each
 * would cost as much as the rest of the request.
 */
export class Assertions {
  readonly #options: AssertionsOptions;
  readonly #cache: TokenCache<SignedAssertion>;
  #key: AssertionKey | null = null;
  #header = '';

  constructor(options: AssertionsOptions) {
    this.#options = options;
    this.#cache = new TokenCache(options.remembered);
  }

  get remembered(): number {
    return this.#cache.size;
  }

  /** Synchronous: a lookup for most requests. */
  assert(request: AssertedRequest): Assertion {
    const { subject, role, audience, resource, endsAt, nowMs } = request;
    const key = `${audience} ${subject.id}`;
    const known = this.#cache.get(key, nowMs);
    if (
      known !== null &&
      known.role === role &&
      known.endsAt === endsAt &&
      known.email === subject.email &&
      known.resource === resource
    ) {
      return known;
    }
    const { lifetimeMs } = this.#options;
    const token = this.#sign(request);
    const untilMs = Math.min(nowMs + lifetimeMs * REUSED, endsAt ?? Infinity);
    const signed: SignedAssertion = { token, email: subject.email, role, endsAt, resource, untilMs };
    this.#cache.set(key, signed);
    return signed;
  }

  #sign({ subject, role, audience, resource, endsAt, nowMs }: AssertedRequest): string {
    const { keys, issuer, lifetimeMs } = this.#options;
    const { current } = keys;
    if (this.#key !== current) {
      this.#key = current;
      this.#header = encode({ alg: 'ES256', typ: 'JWT', kid: current.kid });
    }
    // Rounded down: never a moment longer than the right it speaks of.
    const exp = Math.floor(Math.min(nowMs + lifetimeMs, endsAt ?? Infinity) / 1000);
    const claims = {
      iss: issuer,
      sub: subject.id,
      aud: audience,
      iat: Math.floor(nowMs / 1000),
      exp,
      email: subject.email,
      role,
      resource,
    };
    const input = `${this.#header}.${encode(claims)}`;
    const signature = sign('sha256', Buffer.from(input), { key: current.privateKey, dsaEncoding: 'ieee-p1363' });
    return `${input}.${signature.toString('base64url')}`;
  }
}

function encode(json: object): string {
  return Buffer.from(JSON.stringify(json)).toString('base64url');
}
