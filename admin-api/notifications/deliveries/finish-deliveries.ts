import type { Knex } from '../../db/knex.ts';
import type { DropReason } from '../preferences/channel-policy.ts';
import type { DeliveryLimits } from './delivery-limits.ts';
import type { LeasedBatch } from './lease-deliveries.ts';
import { retryDelayMs } from './retry-delay.ts';

const MAX_ERROR_CHARS = 500;

export interface WebhookResponse {
  readonly status: number;
  readonly excerpt: string;
}

/** What came of one attempt. */
export interface AttemptResult {
  /** Those that were left out of the message, by id. */
  readonly dropped: ReadonlyMap<string, DropReason>;
  /** null: all were left out, nothing was sent. */
  readonly message:
    | { readonly outcome: 'sent'; readonly externalRef: string | null }
    | { readonly outcome: 'retry'; readonly error: string; readonly afterMs?: number | undefined }
    | { readonly outcome: 'dead'; readonly error: string }
    | null;
  readonly address?: string | undefined;
  readonly response?: WebhookResponse | undefined;
}

export type AttemptOutcome = 'sent' | 'retry' | 'dead' | 'dropped';

/**
 * Writes down what came of an attempt. What was sent is marked whoever holds the lease by now; a failure is, only as
 * long as nobody else has begun another attempt.
 */
export async function finishDeliveries(
  knex: Knex,
  batch: LeasedBatch,
  result: AttemptResult,
  limits: DeliveryLimits,
  nowMs: number,
): Promise<AttemptOutcome> {
  const { message } = result;
  const isOver = message?.outcome === 'retry' && batch.lead.attempts >= limits.attempts;
  const outcome = message === null ? 'dropped' : isOver ? 'dead' : message.outcome;
  const seen = {
    address: result.address ?? null,
    response: result.response === undefined ? null : JSON.stringify(result.response),
  };
  if (outcome === 'retry') {
    await retryLater(knex, batch, message as { error: string; afterMs?: number }, seen, limits, nowMs);
    return outcome;
  }
  const closed = { finished_at: new Date(nowMs), next_attempt_at: null, leased_until: null };
  const close = async (trx: Knex) => {
    const open = (ids: readonly string[]) =>
      trx('deliveries')
        .whereIn('id', [...ids])
        .where({ state: 'pending' });
    for (const [id, reason] of result.dropped) await open([id]).update({ ...closed, state: 'dropped', reason });
    const rest = batch.deliveries.map((delivery) => delivery.id).filter((id) => !result.dropped.has(id));
    if (message === null || rest.length === 0) return;
    if (message.outcome === 'sent') {
      await open(rest).update({
        ...closed,
        ...seen,
        state: 'sent',
        last_error: null,
        external_ref: message.externalRef,
      });
      return;
    }
    await open(rest)
      .whereExists(stillOurs(trx, batch))
      .update({
        ...closed,
        ...seen,
        state: 'dead',
        reason: isOver ? `gave up after ${batch.lead.attempts} attempts` : 'refused',
        last_error: storable(message.error),
      });
  };
  // One statement is a transaction of its own.
  await (result.dropped.size === 0 ? close(knex) : knex.transaction(close));
  return outcome;
}

async function retryLater(
  knex: Knex,
  batch: LeasedBatch,
  { error, afterMs = 0 }: { readonly error: string; readonly afterMs?: number | undefined },
  seen: { readonly address: string | null; readonly response: string | null },
  limits: DeliveryLimits,
  nowMs: number,
): Promise<void> {
  const pauseMs = Math.max(
    retryDelayMs(batch.lead.attempts, limits, Math.random()),
    Math.min(afterMs, limits.backoffMaxMs),
  );
  await knex('deliveries')
    .where({ id: batch.lead.id, state: 'pending', attempts: batch.lead.attempts })
    .update({
      ...seen,
      leased_until: null,
      next_attempt_at: new Date(nowMs + pauseMs),
      last_error: storable(error),
    });
}

/** The count of attempts tells one lease from the next. */
function stillOurs(knex: Knex, { lead }: LeasedBatch): Knex.QueryBuilder {
  return knex
    .select(knex.raw('1'))
    .from('deliveries AS lead')
    .where({ 'lead.id': lead.id, 'lead.attempts': lead.attempts });
}

/** What other programs answered may hold what PostgreSQL takes for no text. */
function storable(error: string): string {
  return error.replaceAll('\0', ' ').toWellFormed().slice(0, MAX_ERROR_CHARS);
}
