import type { Terms } from '../../core/access/review.ts';
import { newId } from '../../core/access/ids.ts';
import { entitlementFromColumns, type EntitlementColumns } from '../db/entitlement-columns.ts';
import type { GrantRow } from '../db/grant-row.ts';
import type { Knex } from '../db/knex.ts';
import type { DomainEvent } from '../db/unit-of-work.ts';
import { grantNotices, requestNotices, type Notice } from './notice.ts';

interface EventRow {
  id: string;
  type: DomainEvent['type'];
  payload: { request_id?: string; grant_id?: string };
  handled_at: Date | null;
}

interface RequestRow extends EntitlementColumns {
  id: string;
  requester_id: string;
  requester_name: string;
  reason: string;
  duration_seconds: number | null;
  starts_at: Date | null;
  until: Date | null;
  status: string;
  given: Terms | null;
  decision_note: string | null;
}

/**
 * Turns one committed event into in-app notifications, once: the event row is locked and marked in the transaction that
 * writes them, so a job that runs twice, or on two workers, finds it done.
 * @param beforeDone what else has to be arranged before the event counts as handled; must be safe to repeat
 */
export async function handleOutboxEvent(
  knex: Knex,
  eventId: string,
  nowMs: number,
  beforeDone: (event: { readonly type: DomainEvent['type']; readonly grant: GrantRow | null }) => Promise<void>,
): Promise<'handled' | 'nothing to do'> {
  const event: EventRow | undefined = await knex('outbox_events').where({ id: eventId }).first();
  if (event === undefined || event.handled_at !== null) return 'nothing to do';
  // Talks to the queue, so outside of the transaction (law 5).
  const grantId = event.payload.grant_id;
  const grant: GrantRow | undefined =
    grantId === undefined ? undefined : await knex('grants').where({ id: grantId }).first();
  await beforeDone({ type: event.type, grant: grant ?? null });
  return knex.transaction(async (trx) => {
    const locked: EventRow | undefined = await trx('outbox_events')
      .where({ id: eventId })
      .whereNull('handled_at')
      .forUpdate()
      .first();
    if (locked === undefined) return 'nothing to do' as const;
    const notices = await noticesOf(trx, locked);
    if (notices.length > 0) {
      await trx('notifications')
        .insert(
          notices.map((notice) => ({
            id: newId('notification'),
            event_id: eventId,
            event_type: locked.type,
            created_at: new Date(nowMs),
            ...notice,
          })),
        )
        .onConflict(['event_id', 'person_id'])
        .ignore();
    }
    await trx('outbox_events')
      .where({ id: eventId })
      .update({ handled_at: new Date(nowMs) });
    return 'handled' as const;
  });
}

async function noticesOf(trx: Knex, event: EventRow): Promise<Notice[]> {
  const { request_id: requestId, grant_id: grantId } = event.payload;
  if (requestId !== undefined) {
    const request = await readRequest(trx, requestId);
    return request === undefined ? [] : requestNotices(event.type, toRequestFacts(request), await adminIds(trx));
  }
  const grant: GrantRow | undefined = await trx('grants').where({ id: grantId }).first();
  if (grant === undefined) return [];
  return grantNotices(event.type, {
    id: grant.id,
    holder_id: grant.subject_id,
    entitlement: entitlementFromColumns(grant),
    expires_at: grant.expires_at?.toISOString() ?? null,
    end_reason: grant.end_reason,
    end_note: grant.end_note,
    origin: grant.origin,
  });
}

function readRequest(trx: Knex, id: string): Promise<RequestRow | undefined> {
  return trx('access_requests')
    .join('people', 'people.id', 'access_requests.requester_id')
    .where('access_requests.id', id)
    .first<RequestRow>(
      'access_requests.*',
      'people.name AS requester_name',
      trx.raw(
        `(SELECT note FROM reviews WHERE request_id = access_requests.id AND verdict = 'deny' ORDER BY created_at LIMIT 1) AS decision_note`,
      ),
    );
}

function toRequestFacts(row: RequestRow) {
  return {
    id: row.id,
    requester: { id: row.requester_id, name: row.requester_name },
    asked: {
      entitlement: entitlementFromColumns(row),
      starts_at: row.starts_at?.getTime() ?? null,
      duration_seconds: row.duration_seconds,
      until: row.until?.getTime() ?? null,
    },
    reason: row.reason,
    status: row.status,
    given: row.given,
    decision_note: row.decision_note,
  };
}

/** All Admins and the Owner (R30): by base role or by a role grant that counts now. */
async function adminIds(trx: Knex): Promise<string[]> {
  const { rows } = (await trx.raw(
    `SELECT id FROM people p WHERE disabled_at IS NULL AND (role IN ('admin', 'owner') OR EXISTS (
       SELECT 1 FROM grants g WHERE g.subject_id = p.id AND g.kind = 'role' AND g.role = 'admin' AND g.ended_at IS NULL
          AND g.starts_at <= now() AND (g.expires_at IS NULL OR g.expires_at > now())))`,
  )) as { rows: { id: string }[] };
  return rows.map((row) => row.id);
}
