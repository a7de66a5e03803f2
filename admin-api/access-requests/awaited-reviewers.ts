import { entitlementKey } from '../../core/access/grant.ts';
import { mayReview, type Reviewer } from '../../core/access/review.ts';
import { currentStage } from '../../core/access/review-stages.ts';
import type { Knex } from '../db/knex.ts';
import type { AuditPerson } from '../db/unit-of-work.ts';
import type { AccessRequestPorts } from './access-request-ports.ts';
import { askedTerms, pastReviews, statusAt, type AccessRequestRow, type ReviewRow } from './access-request-row.ts';

/** Who could review what, as things stand; read once for a page of requests. */
export interface ReviewerPool {
  /** Those who can act on a request now, in the order of their names; nobody unless it is pending. */
  awaitedFor(row: AccessRequestRow, reviews: readonly ReviewRow[]): readonly (Reviewer & AuditPerson)[];
}

/** Two queries, three where Scope owners count, for any number of rows; none where nothing is pending. */
export async function readReviewerPool(
  ports: Pick<AccessRequestPorts, 'readReviewers' | 'ownersOf'>,
  knex: Knex,
  rows: readonly AccessRequestRow[],
  nowMs: number,
): Promise<ReviewerPool> {
  const pending = rows.filter((row) => statusAt(row, nowMs) === 'pending');
  const owned = pending.filter((row) => row.stages.some((stage) => stage.reviewers.scope_owners));
  const [reviewers, owners] = await Promise.all([
    pending.length === 0 ? [] : ports.readReviewers(knex, nowMs),
    owned.length === 0
      ? new Map<string, readonly string[]>()
      : ports.ownersOf(
          knex,
          owned.map((row) => askedTerms(row).entitlement),
        ),
  ]);
  return {
    awaitedFor(row, reviews) {
      const stage = row.stages[currentStage(row.stages, pastReviews(reviews)) ?? -1];
      if (stage === undefined || statusAt(row, nowMs) !== 'pending') return [];
      const own = owners.get(entitlementKey(askedTerms(row).entitlement)) ?? [];
      return reviewers.filter(
        (one) =>
          mayReview(one, row.requester_id, stage.reviewers, own) &&
          !reviews.some((review) => review.reviewer_id === one.id),
      );
    },
  };
}

/**
 * Ids of those who can act on a request now; of an emergency, whoever was passed over by it. Nobody when it is decided,
 * or not there.
 */
export async function awaitedReviewers(
  ports: Pick<AccessRequestPorts, 'readReviewers' | 'ownersOf' | 'clock'>,
  knex: Knex,
  requestId: string,
): Promise<string[]> {
  const row: AccessRequestRow | undefined = await knex('access_requests').where({ id: requestId }).first();
  if (row === undefined) return [];
  const nowMs = ports.clock();
  if (row.break_glass) return passedOver(ports, knex, row, nowMs);
  const reviews: ReviewRow[] = await knex('reviews').where({ request_id: requestId });
  const pool = await readReviewerPool(ports, knex, [row], nowMs);
  return pool.awaitedFor(row, reviews).map((one) => one.id);
}

async function passedOver(
  ports: Pick<AccessRequestPorts, 'readReviewers' | 'ownersOf'>,
  knex: Knex,
  row: AccessRequestRow,
  nowMs: number,
): Promise<string[]> {
  const { entitlement } = askedTerms(row);
  const owners = (await ports.ownersOf(knex, [entitlement])).get(entitlementKey(entitlement)) ?? [];
  const reviewers = await ports.readReviewers(knex, nowMs);
  return reviewers
    .filter((one) => row.stages.some((stage) => mayReview(one, row.requester_id, stage.reviewers, owners)))
    .map((one) => one.id);
}
