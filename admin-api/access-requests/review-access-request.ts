import { nextStatus } from '../../core/access/access-request.ts';
import { AccessError } from '../../core/access/errors.ts';
import type { Extension } from '../../core/access/extension.ts';
import { entitlementKey } from '../../core/access/grant.ts';
import {
  assertMayReview,
  assertOwnVoice,
  changeTerms,
  lengthOf,
  modificationsOf,
  type Terms,
  type TermsChange,
} from '../../core/access/review.ts';
import { outcomeOf, type Stage } from '../../core/access/review-stages.ts';
import { areSameStages, stagesNow } from '../../core/access/stages-now.ts';
import type { GrantRow } from '../db/grant-row.ts';
import { personOf } from '../db/person-row.ts';
import type { Committed } from '../db/unit-of-work.ts';
import type { CurrentPerson } from '../http/current-person.ts';
import type { AccessRequestPorts } from './access-request-ports.ts';
import { askedTerms, type AccessRequestRow } from './access-request-row.ts';
import { applyApproval, runningExtension } from './apply-approval.ts';
import { askRequestPolicy, type PolicyRuling } from './ask-request-policy.ts';
import { assertOnlyLength, assertTermsHold } from './assert-terms-hold.ts';
import { openNextStage, replaceStages } from './move-stages.ts';
import {
  auditBase,
  auditTerms,
  lockAndRead,
  openStage,
  scopeOwners,
  writeReview,
  type Situation,
} from './review-situation.ts';

export interface Reviewed {
  readonly request: AccessRequestRow;
  /** Set when this approval was the last one needed. */
  readonly grant: GrantRow | null;
}

/**
 * One reviewer's approval, as asked or changed; when it completes the last stage, the grant begins, or lasts longer.
 * @throws AccessError `not-found`, `already-decided`, `already-ended`, `self-review`, `not-allowed`, `already-reviewed`, `not-requestable`, `duration-too-long`, `beyond-reviewer-role`, `invalid-value`, `conflict`
 */
export async function approveAccessRequest(
  ports: AccessRequestPorts,
  caller: CurrentPerson,
  requestId: string,
  change: TermsChange,
  note: string | null,
): Promise<Committed<Reviewed>> {
  const { result, feedRevision } = await ports.run(async (unit): Promise<Reviewed | AccessError> => {
    const situation = await lockAndRead(ports, unit, caller, requestId);
    const { request, reviewer, requester, past } = situation;
    assertOwnVoice(reviewer, requester.id, past);
    if (request.extends_grant_id !== null) assertOnlyLength(change);
    const { terms, isChanged } = termsOf(situation, change);
    if (isChanged) {
      // Whoever may not decide what was asked for may not make something else of it either.
      const { stage } = openStage(request.stages, past);
      const owners = await scopeOwners(ports, situation, askedTerms(request).entitlement, [stage]);
      assertMayReview(reviewer, requester.id, stage.reviewers, owners, past);
    }
    const extension = situation.extended === null ? null : runningExtension(situation.extended, unit.nowMs);
    const ruling = await askAgain(ports, situation, terms, extension);
    await assertTermsHold(ports, situation, terms, extension, ruling);
    const stages = stagesNow(request.stages, ruling.stages, past);
    const { stage, index } = openStage(stages, past);
    const owners = await scopeOwners(ports, situation, terms.entitlement, stages);
    try {
      assertMayReview(reviewer, requester.id, stage.reviewers, owners, past);
    } catch (error) {
      if (!(error instanceof AccessError) || isChanged || areSameStages(stages, request.stages)) throw error;
      // The policy names others by now: they are told, so that the request does not wait for who can't decide it.
      await replaceStages(situation, stages, ruling);
      return error;
    }
    const moved = areSameStages(stages, request.stages) ? request : await replaceStages(situation, stages, ruling);
    await writeReview(situation, index, { verdict: 'approve', change, note });
    const all = [...past, { reviewer_id: reviewer.id, verdict: 'approve' as const, stage: index }];
    if (outcomeOf(stages, all) === 'approved') {
      return grantRequest(ports, { ...situation, request: moved }, terms, note);
    }
    auditReview(situation, stage, terms, note);
    return { request: await openNextStage({ ...situation, request: moved }, stages, index, all), grant: null };
  });
  if (result instanceof AccessError) throw result;
  return { result, feedRevision };
}

/**
 * One reviewer's no, which ends the request at whatever stage it is.
 * @throws AccessError `not-found`, `already-decided`, `self-review`, `not-allowed`, `already-reviewed`
 */
export function denyAccessRequest(
  ports: AccessRequestPorts,
  caller: CurrentPerson,
  requestId: string,
  reason: string | null,
): Promise<Committed<Reviewed>> {
  return ports.run(async (unit) => {
    const situation = await lockAndRead(ports, unit, caller, requestId);
    const { request, reviewer, requester, past } = situation;
    const asked = askedTerms(request);
    const { stage, index } = openStage(request.stages, past);
    const owners = await scopeOwners(ports, situation, asked.entitlement, [stage]);
    assertMayReview(reviewer, requester.id, stage.reviewers, owners, past);
    await writeReview(situation, index, { verdict: 'deny', change: {}, note: reason });
    const [denied] = (await unit
      .trx('access_requests')
      .where({ id: request.id })
      .update({ status: nextStatus(request.status, 'deny'), decided_at: new Date(unit.nowMs) })
      .returning('*')) as [AccessRequestRow];
    const { given: _, ...terms } = auditTerms(request, asked, null);
    unit.audit({
      type: 'access-request.denied',
      ...auditBase(situation),
      summary: `${reviewer.name} denied ${requester.name} ${entitlementKey(asked.entitlement)}.`,
      details: { ...terms, stage: stage.name, ...(reason === null ? {} : { reason }) },
    });
    unit.emit({ type: 'access-request.denied', request_id: request.id });
    return { request: denied, grant: null };
  });
}

/** What would be given: what stands so far, with this reviewer's changes laid over it. */
function termsOf(
  { request, reviews }: Situation,
  change: TermsChange,
): { readonly terms: Terms; readonly isChanged: boolean } {
  const standing = reviews.reduce((terms, review) => changeTerms(terms, review.changes), askedTerms(request));
  const terms = changeTerms(standing, change);
  const isChanged = modificationsOf(standing, terms).length > 0;
  if (isChanged && reviews.length > 0) {
    throw new AccessError(
      'conflict',
      'Somebody has approved these terms already; approve them as they stand, or deny.',
    );
  }
  return { terms, isChanged };
}

function askAgain(
  ports: AccessRequestPorts,
  { unit, request, reviewer, requester }: Situation,
  terms: Terms,
  extension: Extension | null,
): Promise<PolicyRuling> {
  return askRequestPolicy(ports, unit.trx, {
    requester,
    knower: reviewer,
    entitlement: terms.entitlement,
    duration_seconds: lengthOf(terms, unit.nowMs, extension),
    starts_at: terms.starts_at,
    extension,
    reason: request.reason,
  });
}

function auditReview(situation: Situation, stage: Stage, terms: Terms, note: string | null): void {
  const { unit, request, reviewer, requester } = situation;
  unit.audit({
    type: 'review.recorded',
    ...auditBase(situation),
    summary: `${reviewer.name} approved ${entitlementKey(terms.entitlement)} for ${requester.name}; more approvals are needed.`,
    details: { ...auditTerms(request, terms, note), stage: stage.name },
  });
}

async function grantRequest(
  ports: AccessRequestPorts,
  situation: Situation,
  terms: Terms,
  note: string | null,
): Promise<Reviewed> {
  const { unit, request, reviewer, requester } = situation;
  const modifications = modificationsOf(askedTerms(request), terms);
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
    ...auditBase(situation),
    summary: `${reviewer.name} approved ${entitlementKey(terms.entitlement)} for ${requester.name}${modifications.length > 0 ? ', with changes' : ''}.`,
    details: { ...auditTerms(request, terms, note), modifications },
  });
  unit.emit({ type: 'access-request.approved', request_id: request.id });
  const grant = await applyApproval(ports, unit, approved, terms, {
    subject: personOf(requester),
    given_by: personOf(reviewer),
    origin: 'request',
    note,
  });
  return { request: approved, grant };
}
