import type { Knex } from '../db/knex.ts';

/** Long enough to look back at what was sent; the audit log keeps what happened for ever. */
const KEEP_MS = 30 * 24 * 3_600_000;

/** Forgets events that were acted on long ago and that no notification refers to. */
export function forgetOutboxEvents(knex: Knex, nowMs: number): Promise<number> {
  return knex('outbox_events')
    .where('handled_at', '<', new Date(nowMs - KEEP_MS))
    .whereNotExists(
      knex.select(knex.raw('1')).from('notifications').whereRaw('notifications.event_id = outbox_events.id'),
    )
    .delete();
}
