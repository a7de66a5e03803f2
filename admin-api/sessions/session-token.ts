import { createHash, randomBytes } from 'node:crypto';

/** 256 random bits in base64url: 43 characters. */
const TOKEN_PATTERN = /^[A-Za-z0-9_-]{43}$/;

/** What the browser's cookie holds. Given out once; only its hash is kept. */
export function newSessionToken(): string {
  return randomBytes(32).toString('base64url');
}

/** SHA-256. The token is random, so no salt and no slow hash is needed. Null when it can't be a token of ours. */
export function hashSessionToken(token: string): Buffer | null {
  return TOKEN_PATTERN.test(token) ? createHash('sha256').update(token).digest() : null;
}
