import type { Knex } from '../../db/knex.ts';
import type { DeliveryLimits } from './delivery-limits.ts';
import type { DeliveryChannel, DeliveryRow } from './delivery-row.ts';

/** Deliveries that leave as one message, held by one worker for a while. */
export interface LeasedBatch {
  /** The one that carries attempts and times; its id names the message. */
  readonly lead: DeliveryRow;
  /** The lead and the others, oldest first. */
  readonly deliveries: readonly DeliveryRow[];
}

/** A digest of more would be cut off by mail programs; the rest follows in a second message. */
const MAX_PER_DIGEST = 100;

/** After a worker died in the middle of sending, another takes over when this is over. */
export function leaseMs(limits: Pick<DeliveryLimits, 'timeoutMs'>): number {
  return 5 * limits.timeoutMs;
}

/**
 * Puts together what was held for each person and is due. From then on a digest is fixed: an attempt that is repeated
 * says the same, and what comes later waits for the next one.
 * @returns how many deliveries were put together
 */
export async function gatherDigests(knex: Knex, channel: DeliveryChannel, nowMs: number): Promise<number> {
  const { rowCount } = (await knex.raw(
    `WITH due AS (
       SELECT id, person_id, created_at, next_attempt_at FROM deliveries
        WHERE channel = ? AND state = 'held' AND next_attempt_at <= ?
        ORDER BY person_id, created_at, id FOR UPDATE SKIP LOCKED),
     numbered AS (
       SELECT *, (row_number() OVER (PARTITION BY person_id ORDER BY created_at, id) - 1) / ? AS part FROM due),
     batches AS (
       SELECT id, next_attempt_at, first_value(id) OVER (PARTITION BY person_id, part ORDER BY created_at, id) AS batch_id
         FROM numbered)
     UPDATE deliveries SET state = 'pending', batch_id = batches.batch_id,
            next_attempt_at = CASE WHEN batches.id = batches.batch_id THEN batches.next_attempt_at END
       FROM batches WHERE deliveries.id = batches.id`,
    [channel, new Date(nowMs), MAX_PER_DIGEST],
  )) as { rowCount: number };
  return rowCount;
}

/**
 * Takes what is due for this worker alone, and counts the attempt before it is made: one that kills the worker each
 * time must come to an end too.
 */
export async function leaseDeliveries(
  knex: Knex,
  channel: DeliveryChannel,
  limits: DeliveryLimits,
  nowMs: number,
): Promise<LeasedBatch[]> {
  const now = new Date(nowMs);
  const { rows: leads } = (await knex.raw(
    `UPDATE deliveries SET leased_until = ?, attempts = attempts + 1
      WHERE id IN (
        SELECT id FROM deliveries
         WHERE channel = ? AND state = 'pending' AND next_attempt_at <= ?
           AND (leased_until IS NULL OR leased_until <= ?)
         ORDER BY next_attempt_at, id LIMIT ? FOR UPDATE SKIP LOCKED)
      RETURNING *`,
    [new Date(nowMs + leaseMs(limits)), channel, now, now, limits.concurrency * 4],
  )) as { rows: DeliveryRow[] };
  if (leads.length === 0) return [];
  const all: DeliveryRow[] = await knex('deliveries')
    .whereIn(
      'batch_id',
      leads.map((lead) => lead.id),
    )
    .where({ state: 'pending' })
    .orderBy(['created_at', 'id']);
  return leads
    .map((lead) => ({ lead, deliveries: all.filter((delivery) => delivery.batch_id === lead.id) }))
    .toSorted((left, right) => left.lead.created_at.getTime() - right.lead.created_at.getTime());
}
