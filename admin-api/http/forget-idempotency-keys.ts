import type { Knex } from '../db/knex.ts';

/** A client that has not repeated itself for a day will not any more. */
const KEEP_MS = 24 * 3_600_000;

export function forgetIdempotencyKeys(knex: Knex, nowMs: number): Promise<number> {
  return knex('idempotency_keys')
    .where('created_at', '<', new Date(nowMs - KEEP_MS))
    .delete();
}
