import { entitlementKey } from '../../core/access/grant.ts';
import { currentStage, type PastReview, type Stage } from '../../core/access/review-stages.ts';
import type { AccessRequestRow } from './access-request-row.ts';
import { askedTerms } from './access-request-row.ts';
import type { PolicyRuling } from './ask-request-policy.ts';
import { auditBase, type Situation } from './review-situation.ts';

/** Puts down what the policy asks for by now, where it is not what the request was filed under. */
export async function replaceStages(
  situation: Situation,
  stages: readonly Stage[],
  { answer, policy_revision }: PolicyRuling,
): Promise<AccessRequestRow> {
  const { unit, request, past } = situation;
  const [moved] = (await unit
    .trx('access_requests')
    .where({ id: request.id })
    .update({
      stages: JSON.stringify(stages),
      current_stage: currentStage(stages, past) ?? 0,
      low_risk: answer.low_risk,
      max_duration_seconds: answer.max_duration_seconds,
      policy_reasons: JSON.stringify(answer.reasons),
      policy_revision,
    })
    .returning('*')) as [AccessRequestRow];
  unit.audit({
    type: 'access-request.stages-changed',
    ...auditBase(situation),
    actor: null,
    summary: `The request policy asks for other reviews of ${entitlementKey(askedTerms(request).entitlement)} by now.`,
    details: { before: request.stages, after: stages, policy_revision },
  });
  unit.emit({ type: 'access-request.stage-opened', request_id: request.id });
  return moved;
}

/** After an approval that was not the last one: the next stage opens where this one is done. */
export async function openNextStage(
  situation: Situation,
  stages: readonly Stage[],
  before: number,
  all: readonly PastReview[],
): Promise<AccessRequestRow> {
  const { unit, request } = situation;
  const index = currentStage(stages, all);
  const stage = index === null ? undefined : stages[index];
  if (index === null || stage === undefined || index === before) return request;
  const [moved] = (await unit
    .trx('access_requests')
    .where({ id: request.id })
    .update({ current_stage: index })
    .returning('*')) as [AccessRequestRow];
  unit.audit({
    type: 'access-request.stage-opened',
    ...auditBase(situation),
    summary: `${entitlementKey(askedTerms(request).entitlement)} for ${situation.requester.name} waits for ${stage.name} now.`,
    details: { stage: stage.name, number: index + 1, of: stages.length },
  });
  unit.emit({ type: 'access-request.stage-opened', request_id: request.id });
  return moved;
}
