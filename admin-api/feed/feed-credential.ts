import { createHash, randomBytes } from 'node:crypto';
import { newId } from '../../core/access/ids.ts';
import type { Knex } from '../db/knex.ts';

export interface FeedCredential {
  readonly id: string;
  readonly name: string;
  /** Resource patterns the holder may see and serve. */
  readonly resources: readonly string[];
}

const PREFIX = 'hpf_';

/**
 * Makes the secret a sidecar reads the feed with; it can do nothing else (law 11). Only its hash is kept.
 * @returns the secret, this once
 */
export async function createFeedCredential(knex: Knex, name: string, resources: readonly string[]): Promise<string> {
  const token = PREFIX + randomBytes(32).toString('base64url');
  await knex('feed_credentials').insert({
    id: newId('sidecar'),
    name,
    token_hash: hashToken(token),
    resources: JSON.stringify(resources),
  });
  return token;
}

/** Looked up by hash, so that timing says nothing about the secret. Null: unknown or revoked. */
export async function findFeedCredential(knex: Knex, token: string): Promise<FeedCredential | null> {
  if (!token.startsWith(PREFIX)) return null;
  const row = await knex('feed_credentials')
    .where({ token_hash: hashToken(token) })
    .whereNull('revoked_at')
    .first<FeedCredential>('id', 'name', 'resources');
  return row ?? null;
}

function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
