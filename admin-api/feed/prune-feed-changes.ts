import type { Knex } from '../db/knex.ts';

/** A sidecar away for longer gets a snapshot instead of the tail. */
const KEEP_MS = 24 * 3_600_000;

export function pruneFeedChanges(trx: Knex.Transaction, nowMs: number): Promise<number> {
  return trx('feed_changes')
    .where('created_at', '<', new Date(nowMs - KEEP_MS))
    .delete();
}
