import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { z } from 'zod';

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

const positionSchema = z.strictObject({ after: z.string(), limit: z.int().nullable() });
/** Where a search goes on. */
export type PagePosition = z.infer<typeof positionSchema>;

/**
 * The opaque `next_token`s of searches. They are encrypted, because the last candidate tried may be one the caller may
 * not learn of, and bound to the search, so that one can't be used to go on with another.
 */
export class PageTokens {
  readonly #key: Uint8Array;

  /** @param secret the same for every process that is to understand the tokens */
  constructor(secret: string) {
    this.#key = new Uint8Array(hkdfSync('sha256', secret, '', 'hallpass search page token', 32));
  }

  seal(position: PagePosition, search: string): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(CIPHER, this.#key, iv).setAAD(Buffer.from(search));
    const sealed = Buffer.concat([cipher.update(JSON.stringify(position), 'utf8'), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url');
  }

  /** null: not ours, or not of this search. */
  open(token: string, search: string): PagePosition | null {
    const bytes = Buffer.from(token, 'base64url');
    if (bytes.byteLength <= IV_BYTES + TAG_BYTES) return null;
    const iv = bytes.subarray(0, IV_BYTES);
    const tag = bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES);
    try {
      const decipher = createDecipheriv(CIPHER, this.#key, iv, { authTagLength: TAG_BYTES })
        .setAAD(Buffer.from(search))
        .setAuthTag(tag);
      const text = decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
      return positionSchema.parse(JSON.parse(text));
    } catch {
      return null;
    }
  }
}
