import { AccessError } from '../../core/access/errors.ts';
import { isWithinCeiling, type DurationSeconds } from '../../core/access/duration.ts';
import { entitlementKey, type Entitlement } from '../../core/access/grant.ts';
import { newId } from '../../core/access/ids.ts';
import { resourceKey } from '../../core/access/resource.ts';
import { stagesOf } from '../../core/decision/request-input.ts';
import { entitlementToColumns } from '../db/entitlement-columns.ts';
import { personOf } from '../db/person-row.ts';
import type { Committed, UnitOfWork } from '../db/unit-of-work.ts';
import type { CurrentPerson } from '../http/current-person.ts';
import type { AccessRequestPorts } from './access-request-ports.ts';
import { askedTerms, type AccessRequestRow } from './access-request-row.ts';
import { applyApproval } from './apply-approval.ts';
import { askRequestPolicy, countReviewers, type PolicyRuling } from './ask-request-policy.ts';

export interface Submission {
  readonly entitlement: Entitlement;
  readonly reason: string;
  readonly duration_seconds: DurationSeconds;
  /** The denial this comes from, vouched for by the sidecar. */
  readonly binding_token?: string | undefined;
  /** What the caller says the denial was, where it must agree with the token. */
  readonly denied?: { readonly action: string; readonly evaluation_id?: string | undefined } | undefined;
  /** The same, as claimed by the browser that followed a link. */
  readonly evaluation_id?: string | undefined;
  readonly action?: string | undefined;
  readonly return_to?: string | undefined;
}

interface Origin {
  readonly evaluation_id: string | null;
  readonly action: string | null;
  readonly return_to: string | null;
  readonly denial_verified: boolean;
}

/**
 * Files a request; where the policy approves by itself, it is granted in the same transaction.
 * @throws AccessError `not-found`, `not-requestable`, `duration-too-long`, `no-reviewer`, `binding-invalid`, `binding-expired`
 */
export async function submitAccessRequest(
  ports: AccessRequestPorts,
  caller: CurrentPerson,
  submission: Submission,
): Promise<Committed<AccessRequestRow>> {
  const origin = await originOf(ports, caller, submission);
  const committed = await ports.run(async (unit) => {
    const requester = await ports.findPerson(unit.trx, caller.id, unit.nowMs, true);
    if (requester === null) throw new AccessError('not-found', 'There is no such person.');
    const ruling = await askRequestPolicy(ports, unit.trx, { ...submission, requester, knower: requester });
    await assertRequestable(unit, requester, submission, ruling);
    const pendingUntil = new Date(unit.nowMs + ports.pendingTimeoutMs);
    const row = await insertRequest(unit, requester, submission, { ...origin, pending_until: pendingUntil }, ruling);
    unit.audit({
      type: 'access-request.submitted',
      actor: personOf(requester),
      subject: personOf(requester),
      request_id: row.id,
      evaluation_id: origin.evaluation_id,
      summary: `${requester.name} asked for ${entitlementKey(submission.entitlement)}.`,
      details: {
        asked: { entitlement: submission.entitlement, duration_seconds: submission.duration_seconds },
        reason: submission.reason,
        action: origin.action,
        denial_verified: origin.denial_verified,
        policy: { revision: ruling.policy_revision, ...ruling.answer },
      },
    });
    if (ruling.answer.auto_approve) return approveAutomatically(ports, unit, requester, row, ruling);
    unit.emit({ type: 'access-request.submitted', request_id: row.id });
    return row;
  });
  return committed;
}

async function originOf(ports: AccessRequestPorts, caller: CurrentPerson, submission: Submission): Promise<Origin> {
  if (submission.binding_token !== undefined) {
    const claims = await ports.verifyDenial(submission.binding_token, ports.clock());
    const { entitlement } = submission;
    const asksForIt =
      entitlement.kind !== 'resource' || resourceKey(entitlement.resource) === resourceKey(claims.resource);
    const { denied } = submission;
    const isSameDenial =
      denied === undefined ||
      (denied.action === claims.action.name && (denied.evaluation_id ?? claims.evaluation_id) === claims.evaluation_id);
    if (claims.subject.id !== caller.id || !asksForIt || !isSameDenial) {
      throw new AccessError('binding-invalid', 'The binding token is about another person, resource or denial.', {
        field: 'binding_token',
      });
    }
    return {
      evaluation_id: claims.evaluation_id,
      action: claims.action.name,
      return_to: claims.return_to,
      denial_verified: true,
    };
  }
  if (submission.return_to !== undefined && !(await ports.mayReturnTo(submission.return_to))) {
    throw new AccessError('invalid-value', 'return_to must be an address served by a Hallpass sidecar.', {
      field: 'return_to',
    });
  }
  return {
    evaluation_id: submission.evaluation_id ?? null,
    action: submission.action ?? null,
    return_to: submission.return_to ?? null,
    denial_verified: false,
  };
}

async function assertRequestable(
  unit: UnitOfWork,
  requester: CurrentPerson,
  submission: Submission,
  { answer }: PolicyRuling,
): Promise<void> {
  if (!answer.requestable) {
    throw new AccessError(
      'not-requestable',
      answer.reasons.join(' ') || 'The request policy does not let you ask for this.',
      {
        facts: { reasons: answer.reasons },
      },
    );
  }
  if (!isWithinCeiling(submission.duration_seconds, answer.max_duration_seconds)) {
    throw new AccessError(
      'duration-too-long',
      `The request policy allows ${answer.max_duration_seconds} seconds at the most.`,
      {
        field: 'duration_seconds',
        facts: { max_duration_seconds: answer.max_duration_seconds },
      },
    );
  }
  if (answer.auto_approve) return;
  const reviewers = await countReviewers(unit.trx, answer.reviewers, requester.id, unit.nowMs);
  if (reviewers < answer.approvals_required) {
    throw new AccessError(
      'no-reviewer',
      `It needs ${answer.approvals_required} approvals, but only ${reviewers} people could give one.`,
      {
        facts: { approvals_required: answer.approvals_required, reviewers },
      },
    );
  }
}

async function insertRequest(
  unit: UnitOfWork,
  requester: CurrentPerson,
  submission: Submission,
  origin: Origin & { readonly pending_until: Date },
  { answer, policy_revision }: PolicyRuling,
): Promise<AccessRequestRow> {
  const [row] = (await unit
    .trx('access_requests')
    .insert({
      id: newId('accessRequest'),
      requester_id: requester.id,
      ...entitlementToColumns(submission.entitlement),
      reason: submission.reason,
      duration_seconds: submission.duration_seconds,
      ...origin,
      stages: JSON.stringify(stagesOf(answer)),
      low_risk: answer.low_risk,
      max_duration_seconds: answer.max_duration_seconds,
      policy_reasons: JSON.stringify(answer.reasons),
      policy_revision,
      submitted_at: new Date(unit.nowMs),
    })
    .returning('*')) as [AccessRequestRow];
  return row;
}

async function approveAutomatically(
  ports: AccessRequestPorts,
  unit: UnitOfWork,
  requester: CurrentPerson,
  row: AccessRequestRow,
  { answer, policy_revision }: PolicyRuling,
): Promise<AccessRequestRow> {
  const terms = askedTerms(row);
  const note = answer.reasons.join(' ');
  await unit.trx('reviews').insert({
    id: newId('review'),
    request_id: row.id,
    reviewer_id: null,
    verdict: 'approve',
    note,
    created_at: new Date(unit.nowMs),
  });
  const [approved] = (await unit
    .trx('access_requests')
    .where({ id: row.id })
    .update({
      status: 'approved',
      decided_at: new Date(unit.nowMs),
      given: JSON.stringify({ ...terms, modifications: [] }),
    })
    .returning('*')) as [AccessRequestRow];
  unit.audit({
    type: 'access-request.approved',
    actor: null,
    subject: personOf(requester),
    request_id: row.id,
    evaluation_id: row.evaluation_id,
    summary: `The request policy approved ${entitlementKey(terms.entitlement)} for ${requester.name} by itself.`,
    details: {
      asked: terms,
      given: terms,
      modifications: [],
      automatic: true,
      reasons: answer.reasons,
      policy_revision,
    },
  });
  unit.emit({ type: 'access-request.approved', request_id: row.id });
  const approval = { subject: personOf(requester), given_by: null, origin: 'automatic', note } as const;
  await applyApproval(ports, unit, approved, terms, approval);
  return approved;
}
