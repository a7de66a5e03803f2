import type { AuditType } from '../../core/access/audit-type.ts';
import { grantState } from '../../core/access/grant.ts';
import { toGrant, type GrantRow } from '../db/grant-row.ts';
import type { Knex } from '../db/knex.ts';
import type { AuditPerson } from '../db/unit-of-work.ts';
import type { AccessRequestPorts } from './access-request-ports.ts';
import { askedTerms, statusAt, type AccessRequestRow, type ReviewRow } from './access-request-row.ts';
import type { HistoryEntry } from './access-request-view.ts';
import { plainName, readNames, type Names } from './read-names.ts';

/** What only the audit remembers of a request. Everything else is in its rows, and stays there when old entries are archived. */
const FROM_AUDIT: readonly AuditType[] = [
  'access-request.joined',
  'access-request.reminded',
  'access-request.stage-opened',
  'access-request.stages-changed',
  'access-request.cancelled',
  'grant.extended',
];

interface AuditNote {
  type: AuditType;
  time: Date;
  actor: AuditPerson | null;
  summary: string;
  details: { readonly note?: string; readonly reason?: string };
}

/** What happened to one request and to what it gave, oldest first. Holds nothing that the requester may not read. */
export async function readHistory(
  ports: Pick<AccessRequestPorts, 'knex' | 'clock'>,
  row: AccessRequestRow,
): Promise<HistoryEntry[]> {
  const { knex } = ports;
  const nowMs = ports.clock();
  const [reviews, grants] = await Promise.all([
    knex('reviews').where({ request_id: row.id }).orderBy(['created_at', 'id']) as Promise<ReviewRow[]>,
    knex('grants')
      .where({ request_id: row.id })
      .orWhere({ id: row.extends_grant_id ?? '' }) as Promise<GrantRow[]>,
  ]);
  const grant = grants.find((one) => one.request_id === row.id) ?? grants[0];
  const entries = await readAudit(knex, row, row.status === 'approved' ? grant : undefined);
  const people = [
    row.requester_id,
    row.break_glass_closed_by,
    grant?.ended_by,
    ...reviews.map((one) => one.reviewer_id),
  ];
  const names = await readNames(
    knex,
    people.filter((id) => typeof id === 'string'),
    [askedTerms(row).entitlement],
  );
  const history = [
    ...ofRequest(row, reviews, names, entries, nowMs),
    ...(grant === undefined || row.status !== 'approved' ? [] : ofGrant(row, grant, names, nowMs)),
    ...entries.filter((entry) => entry.type !== 'access-request.cancelled').map(fromAudit),
  ];
  // What happened at one moment stays in the order given here: a review, then what came of it.
  return history.toSorted((a, b) => a.at.localeCompare(b.at));
}

function readAudit(knex: Knex, row: AccessRequestRow, grant: GrantRow | undefined): Promise<AuditNote[]> {
  return knex('audit_entries')
    .where((either) => {
      void either.where({ request_id: row.id });
      // More time was another request's doing, but it is part of this access.
      if (grant !== undefined) void either.orWhere({ grant_id: grant.id, type: 'grant.extended' });
    })
    .whereIn('type', FROM_AUDIT)
    .orderBy('sequence')
    .select('type', 'time', 'actor', 'summary', 'details');
}

function fromAudit(entry: AuditNote): HistoryEntry {
  return {
    at: entry.time.toISOString(),
    type: entry.type,
    actor: entry.actor,
    text: entry.summary,
    note: entry.details.note ?? entry.details.reason ?? null,
  };
}

function ofRequest(
  row: AccessRequestRow,
  reviews: readonly ReviewRow[],
  names: Names,
  entries: readonly AuditNote[],
  nowMs: number,
): HistoryEntry[] {
  const requester = personIn(names, row.requester_id);
  const thing = plainName(askedTerms(row).entitlement, names);
  const history: HistoryEntry[] = [
    {
      at: row.submitted_at.toISOString(),
      type: row.break_glass ? 'access-request.break-glass' : 'access-request.submitted',
      actor: requester,
      text: row.break_glass
        ? `${requester?.name} took ${thing} in an emergency.`
        : `${requester?.name} asked for ${row.extends_grant_id === null ? thing : `more time for ${thing}`}.`,
      note: null,
    },
    ...reviews.map((review, index) =>
      ofReview(row, review, index === reviews.length - 1, personIn(names, review.reviewer_id)),
    ),
  ];
  const status = statusAt(row, nowMs);
  if (status === 'cancelled' && row.decided_at !== null) {
    const entry = entries.find((one) => one.type === 'access-request.cancelled');
    history.push(
      entry === undefined
        ? {
            at: row.decided_at.toISOString(),
            type: 'access-request.cancelled',
            actor: requester,
            text: `${requester?.name} took it back.`,
            note: null,
          }
        : fromAudit(entry),
    );
  }
  if (status === 'expired') {
    history.push({
      at: row.pending_until.toISOString(),
      type: 'access-request.expired',
      actor: null,
      text: 'Nobody decided in time.',
      note: null,
    });
  }
  if (row.break_glass_closed_at !== null) {
    const actor = row.break_glass_closed_by === null ? null : personIn(names, row.break_glass_closed_by);
    history.push({
      at: row.break_glass_closed_at.toISOString(),
      type: 'access-request.break-glass-closed',
      actor,
      text: `${actor?.name} found it ${row.break_glass_justified === true ? '' : 'not '}justified.`,
      note: row.break_glass_note,
    });
  }
  return history;
}

function ofReview(
  row: AccessRequestRow,
  review: ReviewRow,
  isLast: boolean,
  reviewer: AuditPerson | null,
): HistoryEntry {
  const name = reviewer?.name ?? 'The request policy';
  const base = { at: review.created_at.toISOString(), actor: reviewer, note: review.note };
  if (review.verdict === 'deny') return { ...base, type: 'access-request.denied', text: `${name} denied it.` };
  const stage = row.stages.length > 1 ? ` at the stage "${row.stages[review.stage]?.name}"` : '';
  if (!isLast || row.status !== 'approved')
    return { ...base, type: 'review.recorded', text: `${name} approved it${stage}.` };
  const isChanged = (row.given?.modifications.length ?? 0) > 0;
  const how = reviewer === null ? ' by itself' : `${stage}${isChanged ? ', with changes' : ''}`;
  return { ...base, type: 'access-request.approved', text: `${name} approved it${how}.` };
}

function ofGrant(row: AccessRequestRow, grant: GrantRow, names: Names, nowMs: number): HistoryEntry[] {
  const history: HistoryEntry[] = [];
  // A grant that was made longer had begun before; `grant.extended` tells of it.
  if (grant.request_id === row.id && grant.starts_at.getTime() <= (grant.ended_at?.getTime() ?? nowMs)) {
    history.push({
      at: grant.starts_at.toISOString(),
      type: 'grant.created',
      actor: null,
      text: 'Access began.',
      note: null,
    });
  }
  const state = grantState({ ...toGrant(grant), end_reason: grant.end_reason }, nowMs);
  const end = grant.ended_at ?? grant.expires_at;
  if (state === 'active' || state === 'scheduled' || end === null) return history;
  const actor = grant.ended_by === null ? null : personIn(names, grant.ended_by);
  const text = { expired: 'Access ended: the time was over.', 'given-up': `${actor?.name} gave it up.` };
  history.push({
    at: end.toISOString(),
    type: `grant.${state}`,
    actor,
    text: state === 'revoked' ? `${actor?.name ?? 'Hallpass'} revoked it.` : text[state],
    note: grant.end_note,
  });
  return history;
}

function personIn(names: Names, id: string | null): AuditPerson | null {
  return id === null ? null : (names.people.get(id) ?? null);
}
