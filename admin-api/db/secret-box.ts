import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;
const VERSION = 'v1';

/** Keeps secrets that must be read again (to sign with, to call with) out of the database in plain. */
export interface SecretBox {
  /** @param use what the secret is and whose; opening under another name fails, so rows can't be swapped */
  seal(plain: string, use: string): string;
  /** @throws Error when it was sealed with another key or for another use, or was changed */
  open(sealed: string, use: string): string;
  /** A key of its own for another purpose, such as signing; 32 bytes. */
  deriveKey(purpose: string): Buffer;
}

/**
 * AES-256-GCM under a key derived from HALLPASS_SECRET_KEY by HKDF (RFC 5869).
 * @param secretKey 32 bytes
 */
export function createSecretBox(secretKey: Buffer): SecretBox {
  const deriveKey = (purpose: string) => Buffer.from(hkdfSync('sha256', secretKey, '', `hallpass ${purpose}`, 32));
  const key = deriveKey('secret box');
  return {
    deriveKey,
    seal(plain, use) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES });
      cipher.setAAD(Buffer.from(use));
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return `${VERSION}.${Buffer.concat([iv, body, cipher.getAuthTag()]).toString('base64url')}`;
    },
    open(sealed, use) {
      const [version, text] = sealed.split('.');
      const bytes = Buffer.from(text ?? '', 'base64url');
      if (version !== VERSION || bytes.length < IV_BYTES + TAG_BYTES) throw new Error('This is no sealed secret.');
      const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
      decipher.setAAD(Buffer.from(use));
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
      try {
        return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]).toString(
          'utf8',
        );
      } catch {
        throw new Error('A stored secret can not be opened: HALLPASS_SECRET_KEY is not the one it was stored with.');
      }
    },
  };
}
