import { nextStatus } from '../../core/access/access-request.ts';
import { AccessError } from '../../core/access/errors.ts';
import { entitlementKey } from '../../core/access/grant.ts';
import { newId } from '../../core/access/ids.ts';
import { placementOf, scopeCovers } from '../../core/access/scope.ts';
import {
  assertMayGive,
  assertMayReview,
  changeTerms,
  lengthOf,
  modificationsOf,
  type Terms,
  type TermsChange,
} from '../../core/access/review.ts';
import { currentStage, outcomeOf, type Stage, type Verdict } from '../../core/access/review-stages.ts';
import type { GrantRow } from '../db/grant-row.ts';
import { personOf } from '../db/person-row.ts';
import type { Committed, UnitOfWork } from '../db/unit-of-work.ts';
import type { CurrentPerson } from '../http/current-person.ts';
import type { AccessRequestPorts } from './access-request-ports.ts';
import { askedTerms, pastReviews, statusAt, type AccessRequestRow, type ReviewRow } from './access-request-row.ts';
import { askRequestPolicy, type PolicyRuling } from './ask-request-policy.ts';

export interface Reviewed {
  readonly request: AccessRequestRow;
  /** Set when this approval was the last one needed. */
  readonly grant: GrantRow | null;
}

interface Review {
  readonly verdict: Verdict;
  readonly change: TermsChange;
  readonly note: string | null;
}

/** What the transaction holds locked and has just read. */
interface Situation {
  readonly unit: UnitOfWork;
  readonly request: AccessRequestRow;
  readonly reviewer: CurrentPerson;
  readonly requester: CurrentPerson;
  readonly reviews: readonly ReviewRow[];
  /** The stage that is asked now. */
  readonly stage: Stage;
  readonly stageIndex: number;
}

/**
 * One reviewer's approval, as asked or changed; when it completes the quorum, the grant begins.
 * @throws AccessError `not-found`, `already-decided`, `self-review`, `not-allowed`, `already-reviewed`, `duration-too-long`, `beyond-reviewer-role`, `conflict`
 */
export function approveAccessRequest(
  ports: AccessRequestPorts,
  caller: CurrentPerson,
  requestId: string,
  change: TermsChange,
  note: string | null,
): Promise<Committed<Reviewed>> {
  return ports.run(async (unit) => {
    const situation = await lockAndRead(ports, unit, caller, requestId);
    const { request, reviewer, requester, reviews } = situation;
    const asked = askedTerms(request);
    const standing = reviews.reduce((terms, review) => changeTerms(terms, review.changes), asked);
    const terms = changeTerms(standing, change);
    if (reviews.length > 0 && modificationsOf(standing, terms).length > 0) {
      throw new AccessError(
        'conflict',
        'Somebody has approved these terms already; approve them as they stand, or deny.',
      );
    }
    const ruling = await askRequestPolicy(ports, unit.trx, {
      requester,
      knower: reviewer,
      entitlement: terms.entitlement,
      duration_seconds: lengthOf(terms, unit.nowMs),
      reason: request.reason,
    });
    await assertTermsHold(ports, situation, asked, terms, ruling);
    await writeReview(situation, { verdict: 'approve', change, note });
    const own = { reviewer_id: reviewer.id, verdict: 'approve' as const, stage: situation.stageIndex };
    if (outcomeOf(request.stages, [...pastReviews(reviews), own]) !== 'approved') {
      auditReview(situation, terms, note);
      return { request, grant: null };
    }
    return grantRequest(ports, situation, asked, terms, note);
  });
}

/** @throws AccessError as `approveAccessRequest`, less what concerns terms */
export function denyAccessRequest(
  ports: AccessRequestPorts,
  caller: CurrentPerson,
  requestId: string,
  reason: string | null,
): Promise<Committed<Reviewed>> {
  return ports.run(async (unit) => {
    const situation = await lockAndRead(ports, unit, caller, requestId);
    const { request, reviewer, requester } = situation;
    await writeReview(situation, { verdict: 'deny', change: {}, note: reason });
    const [denied] = (await unit
      .trx('access_requests')
      .where({ id: request.id })
      .update({ status: nextStatus(request.status, 'deny'), decided_at: new Date(unit.nowMs) })
      .returning('*')) as [AccessRequestRow];
    unit.audit({
      type: 'access-request.denied',
      actor: personOf(reviewer),
      subject: personOf(requester),
      request_id: request.id,
      evaluation_id: request.evaluation_id,
      summary: `${reviewer.name} denied ${requester.name} ${entitlementKey(askedTerms(request).entitlement)}.`,
      details: { asked: askedTerms(request), ...(reason === null ? {} : { reason }) },
    });
    unit.emit({ type: 'access-request.denied', request_id: request.id });
    return { request: denied, grant: null };
  });
}

/** Locks the request, then reads everything the rules ask for; what was true before the lock counts for nothing. */
async function lockAndRead(
  ports: AccessRequestPorts,
  unit: UnitOfWork,
  caller: CurrentPerson,
  requestId: string,
): Promise<Situation> {
  const request: AccessRequestRow | undefined = await unit
    .trx('access_requests')
    .where({ id: requestId })
    .forUpdate()
    .first();
  if (request === undefined) throw new AccessError('not-found', 'There is no such request.');
  const reviewer = await ports.findPerson(unit.trx, caller.id, unit.nowMs, true);
  const requester = await ports.findPerson(unit.trx, request.requester_id, unit.nowMs, true);
  if (reviewer === null || requester === null) throw new AccessError('not-found', 'There is no such person.');
  const reviews: ReviewRow[] = await unit.trx('reviews').where({ request_id: requestId }).orderBy(['created_at', 'id']);
  // Thrown away on purpose: only whether the step is open matters here, and both verdicts close it alike.
  nextStatus(statusAt(request, unit.nowMs), 'deny');
  const past = pastReviews(reviews);
  const stageIndex = currentStage(request.stages, past) ?? 0;
  const stage = request.stages[stageIndex];
  if (stage === undefined) throw new Error(`request ${request.id} has no stage to review`);
  assertMayReview(reviewer, requester.id, stage.reviewers, [], past);
  return { unit, request, reviewer, requester, reviews, stage, stageIndex };
}

/** The policy is asked again about what is given now: a changed approval must not get around its rules. */
async function assertTermsHold(
  ports: AccessRequestPorts,
  { unit, reviewer, requester, reviews }: Situation,
  asked: Terms,
  terms: Terms,
  ruling: PolicyRuling,
): Promise<void> {
  const { answer } = ruling;
  if (requester.disabled) throw new AccessError('conflict', 'The account of the requester is disabled.');
  if (!answer.requestable) {
    throw new AccessError('not-requestable', answer.reasons.join(' ') || 'The request policy does not allow it.', {
      facts: { reasons: answer.reasons },
    });
  }
  if (modificationsOf(asked, terms).includes('entitlement')) {
    assertMayReview(reviewer, requester.id, answer.reviewers, [], pastReviews(reviews));
    if (asked.entitlement.kind === 'resource' && ruling.scope !== null) {
      const resource = await ports.findVisibleResource(unit.trx, asked.entitlement.resource, reviewer);
      const connections = await unit.trx('resources').where({ type: 'connection' });
      const placement =
        resource === null ? null : placementOf(resource, (ref) => connections.find((row) => row.id === ref.id));
      if (placement === null || !scopeCovers(ruling.scope, placement)) {
        throw new AccessError(
          'invalid-value',
          `The Scope ${ruling.scope.id} does not cover ${entitlementKey(asked.entitlement)}.`,
          {
            field: 'scope_id',
          },
        );
      }
    }
  }
  assertMayGive(reviewer, terms, answer.max_duration_seconds, unit.nowMs);
}

async function writeReview({ unit, request, reviewer, stageIndex }: Situation, review: Review): Promise<void> {
  await unit.trx('reviews').insert({
    id: newId('review'),
    request_id: request.id,
    reviewer_id: reviewer.id,
    verdict: review.verdict,
    stage: stageIndex,
    note: review.note,
    changes: JSON.stringify(review.change),
    created_at: new Date(unit.nowMs),
  });
}

function auditReview({ unit, request, reviewer, requester }: Situation, terms: Terms, note: string | null): void {
  unit.audit({
    type: 'review.recorded',
    actor: personOf(reviewer),
    subject: personOf(requester),
    request_id: request.id,
    evaluation_id: request.evaluation_id,
    summary: `${reviewer.name} approved ${entitlementKey(terms.entitlement)} for ${requester.name}; more approvals are needed.`,
    details: { asked: askedTerms(request), given: terms, ...(note === null ? {} : { note }) },
  });
}

async function grantRequest(
  ports: AccessRequestPorts,
  { unit, request, reviewer, requester }: Situation,
  asked: Terms,
  terms: Terms,
  note: string | null,
): Promise<Reviewed> {
  const modifications = modificationsOf(asked, terms);
  const [approved] = (await unit
    .trx('access_requests')
    .where({ id: request.id })
    .update({
      status: nextStatus(request.status, 'approve'),
      decided_at: new Date(unit.nowMs),
      given: JSON.stringify({ ...terms, modifications }),
    })
    .returning('*')) as [AccessRequestRow];
  unit.audit({
    type: 'access-request.approved',
    actor: personOf(reviewer),
    subject: personOf(requester),
    request_id: request.id,
    evaluation_id: request.evaluation_id,
    summary: `${reviewer.name} approved ${entitlementKey(terms.entitlement)} for ${requester.name}${modifications.length > 0 ? ', with changes' : ''}.`,
    details: { asked, given: terms, modifications, ...(note === null ? {} : { note }) },
  });
  unit.emit({ type: 'access-request.approved', request_id: request.id });
  const grant = await ports.recordGrant(unit, {
    subject: personOf(requester),
    ...terms,
    request_id: request.id,
    evaluation_id: request.evaluation_id,
    origin: 'request',
    given_by: personOf(reviewer),
    note,
  });
  return { request: approved, grant };
}
