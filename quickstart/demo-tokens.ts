import { readFile, rename, writeFile } from 'node:fs/promises';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, SignJWT, type JWK } from 'jose';
import type { Clock } from '../core/process/clock.ts';

const ALGORITHM = 'EdDSA';
const LIFETIME_MS = 12 * 60 * 60 * 1000;

export const DEMO_AUDIENCE = 'hallpass';

export interface DemoTokens {
  /** A JWT that says who somebody is; it says nothing about what they may do. */
  issue(person: {
    readonly sub: string;
    readonly email: string;
    readonly name: string;
  }): Promise<{ token: string; expires_at: string }>;
  readonly lifetimeMs: number;
  /** A JWK Set (RFC 7517) with the public key. */
  readonly jwks: { readonly keys: readonly JWK[] };
}

/** The key is kept in a file that only its owner can read, so that tokens outlive a restart. */
export async function loadSigningKey(path: string): Promise<JWK> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as JWK;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const { privateKey } = await generateKeyPair(ALGORITHM, { crv: 'Ed25519', extractable: true });
  const key = await exportJWK(privateKey);
  const whole: JWK = { ...key, kid: await calculateJwkThumbprint(key), alg: ALGORITHM, use: 'sig' };
  const draft = `${path}.${crypto.randomUUID()}`;
  await writeFile(draft, JSON.stringify(whole), { mode: 0o600 });
  await rename(draft, path);
  return whole;
}

/** What an identity provider does in production: vouches for whoever asks, so for the quickstart only. */
export async function createDemoTokens(signingKey: JWK, issuer: string, clock: Clock): Promise<DemoTokens> {
  const key = await importJWK(signingKey, ALGORITHM);
  const { d: _secret, ...publicKey } = signingKey;
  return {
    lifetimeMs: LIFETIME_MS,
    jwks: { keys: [publicKey] },
    async issue(person) {
      const nowMs = clock();
      const token = await new SignJWT({ email: person.email, name: person.name })
        .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT', kid: signingKey.kid! })
        .setIssuer(issuer)
        .setAudience(DEMO_AUDIENCE)
        .setSubject(person.sub)
        .setIssuedAt(Math.floor(nowMs / 1000))
        .setExpirationTime(Math.floor((nowMs + LIFETIME_MS) / 1000))
        .sign(key);
      return { token, expires_at: new Date(nowMs + LIFETIME_MS).toISOString() };
    },
  };
}
