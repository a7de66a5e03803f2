import type { Knex } from '../../db/knex.ts';

/** As long as the events they come from. */
const KEEP_MS = 30 * 24 * 3_600_000;

/** Forgets what was sent, dropped or given up long ago; the audit log and the notifications themselves stay. */
export function forgetDeliveries(knex: Knex, nowMs: number): Promise<number> {
  return knex('deliveries')
    .where('finished_at', '<', new Date(nowMs - KEEP_MS))
    .delete();
}
