import type { DomainEvent } from '../../db/unit-of-work.ts';
import type { Knex } from '../../db/knex.ts';
import type { DeliveryRow } from './delivery-row.ts';
import type { PresentFacts } from './still-matters.ts';

/** Ids of those who could review a request at this moment. */
export type AwaitedReviewers = (knex: Knex, requestId: string) => Promise<readonly string[]>;

interface FactRow {
  id: string;
  event: DomainEvent['type'];
  request_id: string | null;
  person_id: string | null;
  is_pending: boolean;
  has_reviewed: boolean;
  is_reviewer: boolean;
  grant_found: string | null;
  grant_ended_at: Date | null;
  grant_ends_at: Date | null;
  told_end: Date | null;
}

/** What deliveries tell, as it stands now, by the id of the delivery. A room is told whatever a reviewer would be. */
export async function readPresentFacts(
  knex: Knex,
  deliveries: readonly DeliveryRow[],
  nowMs: number,
  awaitedReviewers: AwaitedReviewers,
): Promise<Map<string, PresentFacts>> {
  const now = new Date(nowMs);
  const { rows } = (await knex.raw(
    `SELECT d.id, e.type AS event, d.request_id, d.person_id, n.ends_at AS told_end,
            g.id AS grant_found, g.ended_at AS grant_ended_at, g.expires_at AS grant_ends_at,
            own.id IS NOT NULL AND ((own.status = 'pending' AND own.pending_until > ?) OR EXISTS (
              SELECT 1 FROM access_requests r
               WHERE r.bundle_id = own.bundle_id AND r.status = 'pending' AND r.pending_until > ?)) AS is_pending,
            EXISTS (SELECT 1 FROM reviews v WHERE v.request_id = d.request_id AND v.reviewer_id = d.person_id)
              AND own.bundle_id IS NULL AS has_reviewed,
            (p.role IN ('admin', 'owner') OR EXISTS (
              SELECT 1 FROM grants a WHERE a.subject_id = p.id AND a.kind = 'role' AND a.role = 'admin'
                 AND a.ended_at IS NULL AND a.starts_at <= ? AND (a.expires_at IS NULL OR a.expires_at > ?)))
              AS is_reviewer
       FROM deliveries d
       JOIN outbox_events e ON e.id = d.event_id
       LEFT JOIN notifications n ON n.id = d.notification_id
       LEFT JOIN people p ON p.id = d.person_id
       LEFT JOIN access_requests own ON own.id = d.request_id
       LEFT JOIN grants g
         ON g.id = COALESCE(d.grant_id, (SELECT id FROM grants WHERE grants.request_id = d.request_id))
      WHERE d.id = ANY(?)`,
    [now, now, now, now, deliveries.map((delivery) => delivery.id)],
  )) as { rows: FactRow[] };
  const facts = new Map<string, PresentFacts>();
  for (const row of rows) facts.set(row.id, await toFacts(knex, row, nowMs, awaitedReviewers));
  return facts;
}

async function toFacts(
  knex: Knex,
  row: FactRow,
  nowMs: number,
  awaitedReviewers: AwaitedReviewers,
): Promise<PresentFacts> {
  const isRoom = row.person_id === null;
  const asksForReview = row.event === 'access-request.reminded' || row.event === 'access-request.stage-opened';
  const awaited =
    asksForReview && row.is_pending && row.request_id !== null && !isRoom
      ? await awaitedReviewers(knex, row.request_id)
      : [];
  return {
    event: row.event,
    isPending: row.is_pending,
    isAwaited: isRoom || awaited.includes(row.person_id as string),
    hasReviewed: row.has_reviewed,
    isReviewer: isRoom || row.is_reviewer,
    grant:
      row.grant_found === null
        ? null
        : { hasEnded: row.grant_ended_at !== null, endsMs: row.grant_ends_at?.getTime() ?? null },
    toldEndMs: row.told_end?.getTime() ?? null,
    nowMs,
  };
}
