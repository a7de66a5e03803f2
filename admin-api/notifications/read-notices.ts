import type { Entitlement } from '../../core/access/grant.ts';
import type { Terms } from '../../core/access/review.ts';
import { entitlementFromColumns, type EntitlementColumns } from '../db/entitlement-columns.ts';
import type { GrantRow } from '../db/grant-row.ts';
import type { Knex } from '../db/knex.ts';
import type { DomainEvent } from '../db/unit-of-work.ts';
import type { AwaitedReviewers } from './deliveries/present-facts.ts';
import { grantNotices } from './grant-notices.ts';
import { NO_NOTICES, type Notices } from './notice.ts';
import { requestNotices, type RequestFacts } from './request-notices.ts';

export interface EventRow {
  id: string;
  type: DomainEvent['type'];
  payload: { request_id?: string; grant_id?: string };
  created_at: Date;
  handled_at: Date | null;
}

interface RequestRow extends EntitlementColumns {
  id: string;
  requester_id: string;
  requester_name: string;
  reason: string;
  starts_at: Date | null;
  duration_seconds: number | null;
  until: Date | null;
  status: string;
  given: Terms | null;
  decision_note: string | null;
  bundle_id: string | null;
  extends_grant_id: string | null;
  break_glass_justified: boolean | null;
  break_glass_note: string | null;
}

/** What an event is about, beyond the words. */
export interface EventSubject {
  readonly request_id: string | null;
  readonly grant_id: string | null;
  /** The end that the words speak of. */
  readonly ends_at: Date | null;
}

/** Who is to be told what of an event, by what is in the database now. */
export async function readNotices(
  knex: Knex,
  event: EventRow,
  awaitedReviewers: AwaitedReviewers,
): Promise<Notices & { readonly subject: EventSubject }> {
  const { request_id: requestId, grant_id: grantId } = event.payload;
  if (requestId !== undefined) {
    const notices = await noticesOfRequest(knex, event.type, requestId, awaitedReviewers);
    return { ...notices, subject: { request_id: requestId, grant_id: null, ends_at: null } };
  }
  const grant: (GrantRow & { holder_name: string }) | undefined = await knex('grants')
    .join('people', 'people.id', 'grants.subject_id')
    .where('grants.id', grantId)
    .first('grants.*', 'people.name AS holder_name');
  if (grant === undefined) return { ...NO_NOTICES, subject: { request_id: null, grant_id: null, ends_at: null } };
  const notices = grantNotices(event.type, {
    id: grant.id,
    holder: { id: grant.subject_id, name: grant.holder_name },
    request_id: grant.request_id,
    entitlement: entitlementFromColumns(grant),
    starts_at: grant.starts_at.getTime(),
    expires_at: grant.expires_at?.getTime() ?? null,
    created_at: grant.created_at.getTime(),
    end_reason: grant.end_reason,
    end_note: grant.end_note,
    origin: grant.origin,
  });
  return {
    ...notices,
    subject: { request_id: grant.request_id, grant_id: grant.id, ends_at: grant.expires_at },
  };
}

async function noticesOfRequest(
  knex: Knex,
  type: DomainEvent['type'],
  id: string,
  awaitedReviewers: AwaitedReviewers,
): Promise<Notices> {
  const row: RequestRow | undefined = await knex('access_requests')
    .join('people', 'people.id', 'access_requests.requester_id')
    .where('access_requests.id', id)
    .first<RequestRow>(
      'access_requests.*',
      'people.name AS requester_name',
      knex.raw(
        `(SELECT note FROM reviews WHERE request_id = access_requests.id AND verdict = 'deny' ORDER BY created_at LIMIT 1) AS decision_note`,
      ),
    );
  if (row === undefined) return NO_NOTICES;
  const bundle: (EntitlementColumns & { status: string })[] =
    row.bundle_id === null
      ? [row]
      : await knex('access_requests').where({ bundle_id: row.bundle_id }).orderBy(['submitted_at', 'id']);
  const audience = { admins: await adminIds(knex), awaited: await awaitedReviewers(knex, id) };
  return requestNotices(type, toRequestFacts(row, bundle), audience);
}

function toRequestFacts(row: RequestRow, bundle: readonly (EntitlementColumns & { status: string })[]): RequestFacts {
  // Only asking is done for a bundle as a whole; of what was decided each request tells its own.
  const isPending = bundle.some((one) => one.status === 'pending');
  const things: readonly Entitlement[] = bundle.map((one) => entitlementFromColumns(one));
  return {
    id: row.id,
    requester: { id: row.requester_id, name: row.requester_name },
    asked: {
      entitlement: entitlementFromColumns(row),
      starts_at: row.starts_at?.getTime() ?? null,
      duration_seconds: row.duration_seconds,
      until: row.until?.getTime() ?? null,
    },
    bundle: things,
    reason: row.reason,
    status: isPending ? 'pending' : row.status,
    given: row.given,
    decision_note: row.decision_note,
    is_extension: row.extends_grant_id !== null,
    break_glass_review: { justified: row.break_glass_justified, note: row.break_glass_note },
  };
}

/** All Admins and the Owner (R30): by base role or by a role grant that counts now. */
async function adminIds(knex: Knex): Promise<string[]> {
  const { rows } = (await knex.raw(
    `SELECT id FROM people p WHERE disabled_at IS NULL AND (role IN ('admin', 'owner') OR EXISTS (
       SELECT 1 FROM grants g WHERE g.subject_id = p.id AND g.kind = 'role' AND g.role = 'admin' AND g.ended_at IS NULL
          AND g.starts_at <= now() AND (g.expires_at IS NULL OR g.expires_at > now())))`,
  )) as { rows: { id: string }[] };
  return rows.map((row) => row.id);
}
