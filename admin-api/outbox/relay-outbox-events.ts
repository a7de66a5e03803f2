import type { Knex } from '../db/knex.ts';

/** Long enough for a slow queue, short enough that a crashed relay costs seconds. */
const LEASE_MS = 10_000;
const BATCH = 100;

export interface OutboxBounds {
  /** An event handed to the queue and not handled for this long is handed over again (law 6). */
  readonly redeliverAfterMs: number;
}

/**
 * Hands committed events to the queue: leases them in one statement, then talks to the queue outside of any
 * transaction, then marks them. A crash in between repeats the hand-over, never loses it; handlers are idempotent.
 * @returns how many were handed over
 */
export async function relayOutboxEvents(
  knex: Knex,
  enqueue: (eventId: string) => Promise<void>,
  nowMs: number,
  bounds: OutboxBounds,
): Promise<number> {
  const now = new Date(nowMs);
  const { rows } = (await knex.raw(
    `UPDATE outbox_events SET leased_until = ?
      WHERE id IN (
        SELECT id FROM outbox_events
         WHERE handled_at IS NULL
           AND (leased_until IS NULL OR leased_until <= ?)
           AND (relayed_at IS NULL OR relayed_at <= ?)
         ORDER BY created_at, id LIMIT ? FOR UPDATE SKIP LOCKED)
      RETURNING id`,
    [new Date(nowMs + LEASE_MS), now, new Date(nowMs - bounds.redeliverAfterMs), BATCH],
  )) as { rows: { id: string }[] };
  for (const { id } of rows) {
    await enqueue(id);
    await knex('outbox_events').where({ id }).update({ relayed_at: now, leased_until: null });
  }
  return rows.length;
}
