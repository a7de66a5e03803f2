import type { Knex } from '../db/knex.ts';
import type { AddressedHint } from './live-hint.ts';

/** More than this at once is not told one by one: everybody reads again what they see. */
const MAX_NEWS = 1_000;

export interface News {
  /** The database's snapshot that was read, for the next call. */
  readonly snapshot: string;
  readonly hints: readonly AddressedHint[];
}

interface NewsRow {
  readonly snapshot: string;
  readonly events: readonly { request_id: string | null; grant_id: string | null; person_id: string | null }[];
  readonly notified: readonly string[];
}

const committedSince = (table: string) =>
  `${table}.transaction_id >= pg_snapshot_xmin(since.snapshot)
   AND NOT pg_visible_in_snapshot(${table}.transaction_id, since.snapshot)`;

/** One statement, so one snapshot: what it sees and what it calls seen can't differ. */
const STATEMENT = `
  WITH since AS (SELECT COALESCE(?::text::pg_snapshot, pg_current_snapshot()) AS snapshot)
  SELECT pg_current_snapshot()::text AS snapshot,
    (SELECT COALESCE(jsonb_agg(event), '[]') FROM (
      SELECT outbox_events.payload->>'request_id' AS request_id, outbox_events.payload->>'grant_id' AS grant_id,
             COALESCE(access_requests.requester_id, grants.subject_id) AS person_id
        FROM since, outbox_events
        LEFT JOIN access_requests ON access_requests.id = outbox_events.payload->>'request_id'
        LEFT JOIN grants ON grants.id = outbox_events.payload->>'grant_id'
       WHERE ${committedSince('outbox_events')} LIMIT ${MAX_NEWS + 1}) AS event) AS events,
    (SELECT COALESCE(jsonb_agg(person_id), '[]') FROM (
      SELECT DISTINCT notifications.person_id FROM since, notifications
       WHERE ${committedSince('notifications')}) AS told) AS notified`;

/**
 * What was committed since an earlier snapshot: each thing once, however long its transaction took.
 * @param since null: nothing yet; only the snapshot to go on from is read
 */
export async function readNews(knex: Knex, since: string | null): Promise<News> {
  const { rows } = (await knex.raw(STATEMENT, [since])) as { rows: NewsRow[] };
  const { snapshot, events, notified } = rows[0] as NewsRow;
  // A database restored from a backup counts its transactions from an earlier number.
  const isOlder = since !== null && nextTransaction(snapshot) < nextTransaction(since);
  if (isOlder || events.length > MAX_NEWS) return { snapshot, hints: EVERYTHING };
  const told: AddressedHint = { hint: { topic: 'notifications', id: null }, people: notified, admins: false };
  return { snapshot, hints: notified.length === 0 ? events.map(toHint) : [...events.map(toHint), told] };
}

const EVERYTHING: readonly AddressedHint[] = (['notifications', 'access-requests', 'grants'] as const).map((topic) => ({
  hint: { topic, id: null },
  people: 'everybody',
  admins: true,
}));

/** A request is its requester's and the reviewers' business, a grant its holder's and the Admins'. */
function toHint({ request_id: requestId, grant_id: grantId, person_id: personId }: NewsRow['events'][number]) {
  const hint =
    requestId === null
      ? ({ topic: 'grants', id: grantId } as const)
      : ({ topic: 'access-requests', id: requestId } as const);
  return { hint, people: personId === null ? [] : [personId], admins: true };
}

/** `xmin:xmax:xip`: the number the next transaction was going to have. */
function nextTransaction(snapshot: string): bigint {
  return BigInt(snapshot.split(':')[1] ?? '0');
}
