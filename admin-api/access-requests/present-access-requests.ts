import { resourceKey, type ResourceKey } from '../../core/access/resource.ts';
import { approvalsRequired, stageProgress } from '../../core/access/review-stages.ts';
import type { GrantRow } from '../db/grant-row.ts';
import type { Knex } from '../db/knex.ts';
import type { CurrentPerson } from '../http/current-person.ts';
import type { AccessRequestPorts } from './access-request-ports.ts';
import { askedTerms, pastReviews, statusAt, type AccessRequestRow, type ReviewRow } from './access-request-row.ts';
import { accessRequestViewSchema, type AccessRequestView } from './access-request-view.ts';
import { readReviewerPool, type ReviewerPool } from './awaited-reviewers.ts';
import { nameEntitlement, readNames, type Names } from './read-names.ts';
import { canRemindAt } from './remind-reviewers.ts';

interface PresentedGrant {
  readonly id: string;
  /** RFC 3339. */
  readonly starts_at: string;
}

export interface PresentPorts extends AccessRequestPorts {
  readonly presentGrants: (
    knex: Knex,
    rows: readonly GrantRow[],
    nowMs: number,
    viewerId: string,
  ) => Promise<readonly PresentedGrant[]>;
}

const MOST_AWAITED = 10;

/** What a page of requests is made of, read together. */
interface Around {
  readonly viewer: CurrentPerson;
  readonly nowMs: number;
  readonly names: Names;
  readonly pool: ReviewerPool;
  readonly grants: ReadonlyMap<string, PresentedGrant>;
  readonly isApplied: (revision: number | null, key: ResourceKey | null) => boolean;
  readonly remindIntervalMs: number;
}

/** Requests as one person may see them; a handful of queries for any number of rows. */
export async function presentAccessRequests(
  ports: PresentPorts,
  rows: readonly AccessRequestRow[],
  viewer: CurrentPerson,
): Promise<AccessRequestView[]> {
  const { knex } = ports;
  const nowMs = ports.clock();
  const ids = rows.map((row) => row.id);
  const [reviews, grants] = await Promise.all([
    knex('reviews').whereIn('request_id', ids).orderBy(['created_at', 'id']) as Promise<ReviewRow[]>,
    knex('grants')
      .whereIn('request_id', ids)
      .orWhereIn(
        'id',
        rows.flatMap((row) => row.extends_grant_id ?? []),
      ) as Promise<GrantRow[]>,
  ]);
  const [names, pool, grantViews, isApplied] = await Promise.all([
    readNames(knex, peopleOf(rows, reviews), entitlementsOf(rows)),
    readReviewerPool(ports, knex, rows, nowMs),
    ports.presentGrants(knex, grants, nowMs, viewer.id),
    ports.readProgress(),
  ]);
  const around: Around = {
    viewer,
    nowMs,
    names,
    pool,
    isApplied,
    grants: new Map(grantViews.map((grant) => [grant.id, grant])),
    remindIntervalMs: ports.remindIntervalMs,
  };
  const reviewsOf = Map.groupBy(reviews, (review) => review.request_id);
  const grantOf = new Map(grants.flatMap((grant) => (grant.request_id === null ? [] : [[grant.request_id, grant.id]])));
  return rows.map((row) => {
    // Where the grant to extend had run out by the approval, there is a new one; else that one's end was moved.
    const extended = row.status === 'approved' ? row.extends_grant_id : null;
    return presentOne(row, reviewsOf.get(row.id) ?? [], grantOf.get(row.id) ?? extended, around);
  });
}

function presentOne(
  row: AccessRequestRow,
  own: readonly ReviewRow[],
  grantId: string | null,
  around: Around,
): AccessRequestView {
  const { viewer, names, nowMs, grants } = around;
  const status = statusAt(row, nowMs);
  const awaited = around.pool.awaitedFor(row, own);
  const grant = grantId === null ? null : (grants.get(grantId) ?? null);
  const people = (ids: readonly string[]) => ids.flatMap((id) => names.people.get(id) ?? []);
  return accessRequestViewSchema.parse({
    ...row,
    ...nameEntitlement(askedTerms(row).entitlement, names),
    status,
    requester: names.people.get(row.requester_id),
    starts_at: row.starts_at?.toISOString() ?? null,
    until: row.until?.toISOString() ?? null,
    submitted_at: row.submitted_at.toISOString(),
    pending_until: row.pending_until.toISOString(),
    decided_at: row.decided_at?.toISOString() ?? null,
    bundle: [],
    extends_grant: row.extends_grant_id === null ? null : (grants.get(row.extends_grant_id) ?? null),
    break_glass: row.break_glass ? presentBreakGlass(row, names) : null,
    approvals_required: approvalsRequired(row.stages),
    stages: stageProgress(row.stages, pastReviews(own)).map((stage) => ({
      ...stage,
      reviewers: { ...stage.reviewers, people: people(stage.reviewers.people) },
    })),
    awaiting: awaited.slice(0, MOST_AWAITED),
    awaiting_count: awaited.length,
    reminded_at: row.reminded_at?.toISOString() ?? null,
    can_remind_at: status === 'pending' ? new Date(canRemindAt(row, around.remindIntervalMs)).toISOString() : null,
    reviews: own.map((review) => ({
      ...review,
      reviewer: review.reviewer_id === null ? null : names.people.get(review.reviewer_id),
      created_at: review.created_at.toISOString(),
    })),
    given: row.given === null ? null : presentGiven(row.given, names),
    grant,
    // Sidecars have what is given for later, and honour it from then on.
    in_effect:
      grant !== null && Date.parse(grant.starts_at) <= nowMs && around.isApplied(row.feed_revision, placeOf(row)),
    joined: false,
    can_review: awaited.some((one) => one.id === viewer.id),
    can_cancel: status === 'pending' && row.requester_id === viewer.id,
    suggested_scopes: [],
    suggested_roles: [],
    history: [],
  });
}

function presentBreakGlass(row: AccessRequestRow, names: Names) {
  const { break_glass_closed_by: closedBy } = row;
  return {
    closed_at: row.break_glass_closed_at?.toISOString() ?? null,
    closed_by: closedBy === null ? null : (names.people.get(closedBy) ?? null),
    justified: row.break_glass_justified,
    note: row.break_glass_note,
  };
}

function presentGiven(given: NonNullable<AccessRequestRow['given']>, names: Names) {
  return {
    ...nameEntitlement(given.entitlement, names),
    // What was given before requests could name a beginning or a fixed end holds neither.
    starts_at: timeText(given.starts_at),
    until: timeText(given.until),
    duration_seconds: given.duration_seconds,
    modifications: given.modifications,
  };
}

function timeText(ms: number | null | undefined): string | null {
  return typeof ms === 'number' ? new Date(ms).toISOString() : null;
}

/** Where a grant has to have arrived before it is of use: at the sidecars of its resource, or everywhere. */
function placeOf(row: AccessRequestRow): ResourceKey | null {
  const { entitlement } = row.given ?? askedTerms(row);
  return entitlement.kind === 'resource' ? resourceKey(entitlement.resource) : null;
}

function peopleOf(rows: readonly AccessRequestRow[], reviews: readonly ReviewRow[]): string[] {
  return [
    ...rows.flatMap((row) => [
      row.requester_id,
      row.break_glass_closed_by ?? [],
      row.stages.flatMap((stage) => stage.reviewers.people),
    ]),
    ...reviews.map((review) => review.reviewer_id ?? []),
  ].flat(2);
}

function entitlementsOf(rows: readonly AccessRequestRow[]) {
  return rows.flatMap((row) => [askedTerms(row).entitlement, ...(row.given === null ? [] : [row.given.entitlement])]);
}
