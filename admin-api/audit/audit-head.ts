import type { JWK } from 'jose';
import { z } from 'zod';
import type { Knex } from '../db/knex.ts';
import { seal, unseal, type AuditKeys } from './audit-keys.ts';

/** One place in the chain. */
export interface ChainLink {
  readonly sequence: number;
  readonly hash: string;
}

/** Where the log ended at a time, vouched for: what shows, when kept elsewhere, that entries were cut off or rewritten since. */
export interface SignedHead extends ChainLink {
  /** When it was read, RFC 3339. */
  readonly time: string;
  /** null, with the signature: this installation has no key. */
  readonly key_id: string | null;
  /** Compact JWS over `{issuer, sequence, hash, time}`. */
  readonly signature: string | null;
}

const hex = z.string().regex(/^[0-9a-f]{64}$/);
export const headClaimsSchema = z.object({
  issuer: z.string(),
  sequence: z.int().min(0),
  hash: hex,
  time: z.iso.datetime(),
});

export async function readHead(knex: Knex): Promise<ChainLink> {
  const head = await knex('audit_head').first<ChainLink>('sequence', 'hash');
  if (head === undefined) throw new Error('The audit log has no head row; the database was not migrated.');
  return head;
}

/** @param issuer public URL of this installation */
export async function signedHead(knex: Knex, keys: AuditKeys, issuer: string, nowMs: number): Promise<SignedHead> {
  const { sequence, hash } = await readHead(knex);
  const time = new Date(nowMs).toISOString();
  if (keys.signing === null) return { sequence, hash, time, key_id: null, signature: null };
  const signature = await seal(keys, 'hallpass-audit-head+jws', { issuer, sequence, hash, time });
  return { sequence, hash, time, key_id: keys.signing.kid, signature };
}

/**
 * Reads a head that was kept elsewhere: the answer of `GET /v1/audit-head`, or the JWS alone.
 * @returns null when no key given signed it
 */
export async function readKeptHead(text: string, published: readonly JWK[]): Promise<ChainLink | null> {
  const jws = text.trim().startsWith('{') ? (JSON.parse(text) as { signature?: unknown }).signature : text.trim();
  if (typeof jws !== 'string') return null;
  const claims = headClaimsSchema.safeParse(await unseal(published, 'hallpass-audit-head+jws', jws));
  return claims.success ? { sequence: claims.data.sequence, hash: claims.data.hash } : null;
}
