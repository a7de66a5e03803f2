import { requestStatus, type RequestStatus } from '../../core/access/access-request.ts';
import { entitlementFromColumns, type EntitlementColumns } from '../db/entitlement-columns.ts';
import type { Knex } from '../db/knex.ts';

/** What a message tells of a request; texts as people typed them. */
export interface SlackRequestFacts {
  readonly id: string;
  /** Time decides, also before the worker has recorded that nobody did. */
  readonly status: RequestStatus;
  readonly requester_id: string;
  readonly requester_name: string;
  readonly requester_email: string;
  /** `AWS production (connection)`. */
  readonly what: string;
  readonly duration: string;
  readonly reason: string;
  readonly policy_reasons: readonly string[];
  /** May be decided from a message, as the policy said when it was asked. */
  readonly low_risk: boolean;
  /** More time for something that the requester has. */
  readonly is_extension: boolean;
  /** How many more were asked for together with it. */
  readonly others_in_bundle: number;
  readonly pending_until: Date;
  /** Of the last review; null when nobody reviewed it but the policy. */
  readonly decided_by: string | null;
  readonly decision_note: string | null;
  /** Ids of those who have reviewed it. */
  readonly reviewer_ids: readonly string[];
}

interface Row extends EntitlementColumns {
  id: string;
  status: RequestStatus;
  requester_id: string;
  requester_name: string;
  requester_email: string;
  reason: string;
  duration_seconds: number | null;
  starts_at: Date | null;
  until: Date | null;
  policy_reasons: string[];
  low_risk: boolean;
  extends_grant_id: string | null;
  pending_until: Date;
  thing_name: string | null;
  others_in_bundle: number;
}

interface ReviewerRow {
  reviewer_id: string | null;
  name: string | null;
  note: string | null;
}

export async function readRequestFacts(knex: Knex, id: string, nowMs: number): Promise<SlackRequestFacts | null> {
  const row: Row | undefined = await knex('access_requests as r')
    .join('people as p', 'p.id', 'r.requester_id')
    .where('r.id', id)
    .first<Row>(
      'r.*',
      'p.name as requester_name',
      'p.email as requester_email',
      knex.raw(`COALESCE(
        (SELECT name FROM resources WHERE type = r.resource_type AND id = r.resource_id),
        (SELECT name FROM scopes WHERE id = r.scope_id)) AS thing_name`),
      knex.raw(`(SELECT count(*)::int FROM access_requests b
                  WHERE b.bundle_id = r.bundle_id AND b.id <> r.id) AS others_in_bundle`),
    );
  if (row === undefined) return null;
  const reviews: ReviewerRow[] = await knex('reviews')
    .leftJoin('people', 'people.id', 'reviews.reviewer_id')
    .where({ request_id: id })
    .orderBy(['reviews.created_at', 'reviews.id'])
    .select('reviews.reviewer_id', 'people.name', 'reviews.note');
  const last = reviews.at(-1);
  return {
    ...row,
    status: requestStatus({ status: row.status, pending_until: row.pending_until.getTime() }, nowMs),
    is_extension: row.extends_grant_id !== null,
    what: nameOf(row),
    duration: durationText(row),
    decided_by: last?.name ?? null,
    decision_note: last?.note ?? null,
    reviewer_ids: reviews.flatMap((review) => review.reviewer_id ?? []),
  };
}

function nameOf(row: Row): string {
  const entitlement = entitlementFromColumns(row);
  if (entitlement.kind === 'resource') {
    return `${row.thing_name ?? entitlement.resource.id} (${entitlement.resource.type})`;
  }
  if (entitlement.kind === 'scope') return `${row.thing_name ?? entitlement.scope_id} (Scope)`;
  return `${entitlement.role} (Role)`;
}

const UNITS: readonly (readonly [number, string])[] = [
  [604_800, 'week'],
  [86_400, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
];

function durationText({ duration_seconds: seconds, starts_at: startsAt, until }: Row): string {
  const from = startsAt === null ? '' : ` from ${minuteOf(startsAt)}`;
  if (until !== null) return `Until ${minuteOf(until)}${from && `,${from}`}`;
  if (seconds === null) return `Permanent${from}`;
  const [size, name] = UNITS.find(([unit]) => seconds % unit === 0) ?? [1, 'second'];
  const count = seconds / size;
  return `${count} ${name}${count === 1 ? '' : 's'}${from}`;
}

/** A message is for people in several zones, and its text is plain, so it says UTC. */
function minuteOf(time: Date): string {
  return `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
