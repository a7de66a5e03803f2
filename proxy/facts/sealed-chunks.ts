import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** File: magic, version, salt; then chunks of length (4 bytes, big endian), ciphertext and tag. */
const MAGIC = Buffer.from('HPFS\x01');
const SALT_BYTES = 16;
const LENGTH_BYTES = 4;
const TAG_BYTES = 16;
const NONCE_BYTES = 12;

export const SEAL_HEADER_BYTES = MAGIC.length + SALT_BYTES;
/** The most that one chunk holds; what a damaged length may make a reader allocate. */
export const MAX_CHUNK_BYTES = 1_048_576;

export class SealError extends Error {
  override readonly name = 'SealError';
}

/**
 * Seals chunks with AES-256-GCM. The key is made from the secret and a salt of this file (HKDF, RFC 5869), so a counter is
 * a nonce that never comes twice; it also keeps chunks in order. `context` is authenticated with each and stored nowhere.
 */
class Seal {
  readonly key: Uint8Array;
  readonly #aad: Buffer;
  #counter = 0n;

  constructor(secret: string, salt: Uint8Array, context: string) {
    this.key = new Uint8Array(hkdfSync('sha256', secret, salt, 'hallpass facts snapshot', 32));
    this.#aad = Buffer.concat([MAGIC, Buffer.from(context)]);
  }

  get aad(): Buffer {
    return this.#aad;
  }

  nextNonce(): Buffer {
    const nonce = Buffer.alloc(NONCE_BYTES);
    nonce.writeBigUInt64BE(this.#counter, NONCE_BYTES - 8);
    this.#counter += 1n;
    return nonce;
  }
}

export class ChunkSealer {
  /** What the file begins with. */
  readonly header: Buffer;
  readonly #seal: Seal;

  constructor(secret: string, context: string) {
    const salt = randomBytes(SALT_BYTES);
    this.header = Buffer.concat([MAGIC, salt]);
    this.#seal = new Seal(secret, salt, context);
  }

  seal(plain: Uint8Array): Buffer {
    const cipher = createCipheriv('aes-256-gcm', this.#seal.key, this.#seal.nextNonce());
    cipher.setAAD(this.#seal.aad);
    const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt32BE(sealed.length);
    return Buffer.concat([length, sealed, cipher.getAuthTag()]);
  }
}

export class ChunkOpener {
  readonly #seal: Seal;

  /** @throws SealError when the file does not begin like one of ours */
  constructor(secret: string, context: string, header: Uint8Array) {
    const begin = Buffer.from(header);
    if (begin.length !== SEAL_HEADER_BYTES || !begin.subarray(0, MAGIC.length).equals(MAGIC)) {
      throw new SealError('it is no snapshot of this version');
    }
    this.#seal = new Seal(secret, begin.subarray(MAGIC.length), context);
  }

  /**
   * The chunks that `bytes` begins with, and how many bytes they took; the rest is a chunk that is not there whole.
   * @throws SealError when one was made with another secret or context, or was changed
   */
  *open(bytes: Buffer): Generator<{ readonly plain: Buffer; readonly end: number }> {
    let start = 0;
    while (bytes.length - start >= LENGTH_BYTES) {
      const length = bytes.readUInt32BE(start);
      if (length > MAX_CHUNK_BYTES) throw new SealError('it is damaged');
      const end = start + LENGTH_BYTES + length + TAG_BYTES;
      if (end > bytes.length) return;
      const sealed = bytes.subarray(start + LENGTH_BYTES, end - TAG_BYTES);
      const decipher = createDecipheriv('aes-256-gcm', this.#seal.key, this.#seal.nextNonce());
      decipher.setAAD(this.#seal.aad).setAuthTag(bytes.subarray(end - TAG_BYTES, end));
      let plain: Buffer;
      try {
        plain = Buffer.concat([decipher.update(sealed), decipher.final()]);
      } catch {
        throw new SealError('it was made with another credential or for other resources, or was changed');
      }
      yield { plain, end };
      start = end;
    }
  }
}
