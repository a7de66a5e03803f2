import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';

export interface AssertionKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  /** RFC 7517, the public half. */
  readonly publicJwk: JsonWebKey;
}

/** As handed to another process that signs as this one does: private keys, in memory only. */
export interface SharedAssertionKeys {
  readonly current: JsonWebKey;
  readonly next: JsonWebKey;
  readonly previous: JsonWebKey | null;
}

/**
 * The keys that assertions are signed with: made here, kept in memory only, ES256. Not EdDSA, because what verifies stands in
 * other people's upstreams, and ES256 (RFC 7518 3.1: "Recommended+") is what every JWT library and gateway has.
 *
 * Three are published: the one that signs, the one that signs next, and the one that signed before. So a verifier that keeps
 * the set for less than `rotateMs` never meets a key it has not seen, nor loses one it still needs.
 */
export class AssertionKeys {
  readonly #rotateMs: number | null;
  #next = createKey();
  #current = createKey();
  #previous: AssertionKey | null = null;
  #timer: NodeJS.Timeout | null = null;
  #onRotated: () => void = () => {};
  readonly #listeners: ((keys: SharedAssertionKeys) => void)[] = [];

  /** @param rotateMs null: never by itself */
  constructor(rotateMs: number | null) {
    this.#rotateMs = rotateMs;
  }

  /** Those of another process, which rotates them. */
  static from(shared: SharedAssertionKeys): AssertionKeys {
    const keys = new AssertionKeys(null);
    keys.take(shared);
    return keys;
  }

  take({ current, next, previous }: SharedAssertionKeys): void {
    this.#current = readKey(current);
    this.#next = readKey(next);
    this.#previous = previous === null ? null : readKey(previous);
  }

  get shared(): SharedAssertionKeys {
    const previous = this.#previous === null ? null : privateJwkOf(this.#previous);
    return { current: privateJwkOf(this.#current), next: privateJwkOf(this.#next), previous };
  }

  onChange(listener: (keys: SharedAssertionKeys) => void): void {
    this.#listeners.push(listener);
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
    if (this.#rotateMs === null) return;
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
    for (const listener of this.#listeners) listener(this.shared);
  }
}

function privateJwkOf({ privateKey }: AssertionKey): JsonWebKey {
  return privateKey.export({ format: 'jwk' });
}

function createKey(): AssertionKey {
  return describeKey(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
}

function readKey(jwk: JsonWebKey): AssertionKey {
  return describeKey(createPrivateKey({ key: jwk, format: 'jwk' }));
}

function describeKey(privateKey: KeyObject): AssertionKey {
  const { kty, crv, x, y } = createPublicKey(privateKey).export({ format: 'jwk' });
  // RFC 7638: required members, in this order, without spaces.
  const kid = createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
  return { kid, privateKey, publicJwk: { kty, crv, x, y, kid, alg: 'ES256', use: 'sig' } as JsonWebKey };
}
