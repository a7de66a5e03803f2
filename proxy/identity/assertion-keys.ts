import { createHash, generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto';

export interface AssertionKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  /** RFC 7517, the public half. */
  readonly publicJwk: JsonWebKey;
}

/**
 * The keys that assertions are signed with: made here, kept in memory only, ES256. Not EdDSA, because what verifies stands in
 * other people's upstreams, and ES256 (RFC 7518 3.1: "Recommended+") is what every JWT library and gateway has.
 *
 * Three are published: the one that signs, the one that signs next, and the one that signed before. So a verifier that keeps
 * the set for less than `rotateMs` never meets a key it has not seen, nor loses one it still needs.
 */
export class AssertionKeys {
  readonly #rotateMs: number;
  #next = createKey();
  #current = createKey();
  #previous: AssertionKey | null = null;
  #timer: NodeJS.Timeout | null = null;
  #onRotated: () => void = () => {};

  constructor(rotateMs: number) {
    this.#rotateMs = rotateMs;
  }

  get current(): AssertionKey {
    return this.#current;
  }

  /** The public halves, as a JWK Set has them. */
  get published(): readonly JsonWebKey[] {
    return [this.#current, this.#next, ...(this.#previous === null ? [] : [this.#previous])].map(
      (key) => key.publicJwk,
    );
  }

  start(onRotated: () => void = () => {}): void {
    this.#onRotated = onRotated;
    this.#timer = setInterval(() => this.rotate(), this.#rotateMs);
    this.#timer.unref();
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
  }

  rotate(): void {
    this.#previous = this.#current;
    this.#current = this.#next;
    this.#next = createKey();
    this.#onRotated();
  }
}

function createKey(): AssertionKey {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { kty, crv, x, y } = publicKey.export({ format: 'jwk' });
  // RFC 7638: required members, in this order, without spaces.
  const kid = createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
  return { kid, privateKey, publicJwk: { kty, crv, x, y, kid, alg: 'ES256', use: 'sig' } as JsonWebKey };
}
