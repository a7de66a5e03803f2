import { nextStatus } from '../../core/access/access-request.ts';
import { AccessError } from '../../core/access/errors.ts';
import { entitlementKey, type Entitlement } from '../../core/access/grant.ts';
import { newId } from '../../core/access/ids.ts';
import type { Terms, TermsChange } from '../../core/access/review.ts';
import { currentStage, type PastReview, type Stage, type Verdict } from '../../core/access/review-stages.ts';
import type { GrantRow } from '../db/grant-row.ts';
import { personOf } from '../db/person-row.ts';
import type { UnitOfWork } from '../db/unit-of-work.ts';
import type { CurrentPerson } from '../http/current-person.ts';
import type { AccessRequestPorts } from './access-request-ports.ts';
import { askedTerms, pastReviews, statusAt, type AccessRequestRow, type ReviewRow } from './access-request-row.ts';
import { lockExtendedGrant } from './apply-approval.ts';
import { readableTerms } from './readable-terms.ts';

/** What the transaction holds locked and has just read. */
export interface Situation {
  readonly unit: UnitOfWork;
  readonly request: AccessRequestRow;
  /** The grant that the request is to extend. */
  readonly extended: GrantRow | null;
  readonly reviewer: CurrentPerson;
  readonly requester: CurrentPerson;
  readonly reviews: readonly ReviewRow[];
  readonly past: readonly PastReview[];
}

/**
 * Locks the request, then reads everything the rules ask for; what was true before the lock counts for nothing.
 * @throws AccessError `not-found`, `already-decided`
 */
export async function lockAndRead(
  ports: AccessRequestPorts,
  unit: UnitOfWork,
  caller: CurrentPerson,
  requestId: string,
): Promise<Situation> {
  // Grants are locked before requests, and which grant a request extends never changes.
  const unlocked: AccessRequestRow | undefined = await unit.trx('access_requests').where({ id: requestId }).first();
  if (unlocked === undefined) throw new AccessError('not-found', 'There is no such request.');
  const extended = await lockExtendedGrant(unit, unlocked);
  const request = (await unit.trx('access_requests').where({ id: requestId }).forUpdate().first()) as AccessRequestRow;
  const reviewer = await ports.findPerson(unit.trx, caller.id, unit.nowMs, true);
  const requester = await ports.findPerson(unit.trx, request.requester_id, unit.nowMs, true);
  if (reviewer === null || requester === null) throw new AccessError('not-found', 'There is no such person.');
  const reviews: ReviewRow[] = await unit.trx('reviews').where({ request_id: requestId }).orderBy(['created_at', 'id']);
  // Thrown away on purpose: only whether the step is open matters here, and both verdicts close it alike.
  nextStatus(statusAt(request, unit.nowMs), 'deny');
  return { unit, request, extended, reviewer, requester, reviews, past: pastReviews(reviews) };
}

/** The stage that is asked now, of a request that is pending. */
export function openStage(
  stages: readonly Stage[],
  past: readonly PastReview[],
): { readonly stage: Stage; readonly index: number } {
  const index = currentStage(stages, past);
  const stage = index === null ? undefined : stages[index];
  if (index === null || stage === undefined) throw new Error('a pending request has no stage to review');
  return { stage, index };
}

/** Ids of the owners of the Scopes that such a grant would concern. */
export async function scopeOwners(
  ports: AccessRequestPorts,
  { unit }: Situation,
  entitlement: Entitlement,
  stages: readonly Stage[],
): Promise<readonly string[]> {
  if (!stages.some((stage) => stage.reviewers.scope_owners)) return [];
  return (await ports.ownersOf(unit.trx, [entitlement])).get(entitlementKey(entitlement)) ?? [];
}

export async function writeReview(
  { unit, request, reviewer }: Situation,
  stage: number,
  review: { readonly verdict: Verdict; readonly change: TermsChange; readonly note: string | null },
): Promise<void> {
  await unit.trx('reviews').insert({
    id: newId('review'),
    request_id: request.id,
    reviewer_id: reviewer.id,
    verdict: review.verdict,
    stage,
    note: review.note,
    changes: JSON.stringify(review.change),
    created_at: new Date(unit.nowMs),
  });
}

/** What every audit entry about a review says of whom and what. */
export function auditBase({ request, reviewer, requester }: Situation) {
  return {
    actor: personOf(reviewer),
    subject: personOf(requester),
    request_id: request.id,
    evaluation_id: request.evaluation_id,
  };
}

/** Asked-for beside given (law 10), as the audit keeps it. */
export function auditTerms(request: AccessRequestRow, given: Terms, note: string | null) {
  return {
    asked: readableTerms(askedTerms(request)),
    given: readableTerms(given),
    ...(note === null ? {} : { note }),
  };
}
