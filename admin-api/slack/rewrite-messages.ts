import type { Clock } from '../../core/process/clock.ts';
import type { Knex } from '../db/knex.ts';
import { readRequestFacts } from './read-request-facts.ts';
import { requestMessage, shownTo } from './request-message.ts';
import { SlackFailure, type SlackClient } from './slack-client.ts';
import type { SlackMessageRow } from './slack-message-row.ts';

/** Short, so that its calls end within the lease. */
export const REWRITE_BATCH = 10;
/** Longer than a batch of calls takes at their worst. */
const LEASE_MS = 120_000;
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 15 * 60_000;

export interface RewriteParts {
  readonly knex: Knex;
  readonly clock: Clock;
  readonly client: SlackClient;
  readonly publicUrl: string;
  /** Between 0 and 1, for the jitter of retries. */
  readonly random: () => number;
}

/**
 * Rewrites messages that say something else of their request than is true now: decided, taken back or expired, here or
 * anywhere. What they say is compared with what the request is, so an event that was missed, a worker that died and a
 * decision that overtook its own message all come out the same; and rewriting twice does no harm.
 * @returns how many messages were tried
 */
export async function rewriteSlackMessages(
  parts: RewriteParts,
  only?: { readonly requestId: string },
): Promise<number> {
  const rows = await lease(parts, only?.requestId ?? null);
  for (const row of rows) await rewrite(parts, row);
  return rows.length;
}

/** The same for the one request that an event is about; cheap, however many messages are open. */
export async function rewriteSlackMessagesAfter(parts: RewriteParts, eventId: string): Promise<void> {
  const event = await parts
    .knex('outbox_events')
    .where({ id: eventId })
    .first<{ payload: { request_id?: string } } | undefined>('payload');
  const requestId = event?.payload.request_id;
  if (requestId === undefined) return;
  while ((await rewriteSlackMessages(parts, { requestId })) >= REWRITE_BATCH);
}

/** In one statement, so that workers side by side take different messages. */
async function lease({ knex, clock }: RewriteParts, requestId: string | null): Promise<SlackMessageRow[]> {
  const now = new Date(clock());
  const { rows } = (await knex.raw(
    `UPDATE slack_messages SET next_try_at = :leasedUntil, attempts = attempts + 1
      WHERE id IN (
        SELECT m.id FROM slack_messages m JOIN access_requests r ON r.id = m.request_id
         WHERE m.state = 'posted' AND m.shown IN ('pending', 'reviewed') AND m.next_try_at <= :now
           AND (:requestId::text IS NULL OR m.request_id = :requestId)
           AND (r.status <> 'pending' OR r.pending_until <= :now
                OR (m.shown = 'pending' AND m.person_id IS NOT NULL AND EXISTS (
                      SELECT 1 FROM reviews v WHERE v.request_id = r.id AND v.reviewer_id = m.person_id)))
         ORDER BY m.next_try_at, m.id LIMIT :batch FOR UPDATE OF m SKIP LOCKED)
      RETURNING *`,
    { now, leasedUntil: new Date(now.getTime() + LEASE_MS), requestId, batch: REWRITE_BATCH },
  )) as { rows: SlackMessageRow[] };
  return rows;
}

async function rewrite({ knex, clock, client, publicUrl, random }: RewriteParts, row: SlackMessageRow): Promise<void> {
  const facts = row.request_id === null ? null : await readRequestFacts(knex, row.request_id, clock());
  if (facts === null || row.channel === null || row.ts === null) return;
  const shown = shownTo(facts, row.person_id);
  const own = knex('slack_messages').where({ id: row.id });
  try {
    await client.update(row.channel, row.ts, requestMessage(facts, shown, null, publicUrl));
    await own.update({ shown, attempts: 0, problem: null, next_try_at: new Date(clock()) });
  } catch (error) {
    if (!(error instanceof SlackFailure)) throw error;
    const pauseMs = error.retryAfterMs ?? pauseAfter(row.attempts) * (0.5 + random() / 2);
    await own.update({
      problem: error.code,
      ...(error.isFinal ? { state: 'lost' } : { next_try_at: new Date(clock() + pauseMs) }),
    });
  }
}

function pauseAfter(attempts: number): number {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(20, attempts - 1));
}
