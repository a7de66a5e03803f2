import { newId } from '../access/ids.ts';
import type { Facts } from '../feed/facts.ts';
import { buildDecisionInput, type Question } from './decision-input.ts';
import { readDecisionAnswer, refuse, type Decision } from './decision.ts';
import type { PolicyEngine } from './policy-engine.ts';

/**
 * Facts + question + policy -> decision. Synchronous and without side effects, so a decision is about one moment.
 * Whatever the engine throws becomes a denial with reason `policy-error`; `onPolicyError` hears of it.
 */
export function evaluate(
  engine: PolicyEngine,
  facts: Facts,
  question: Question,
  nowMs: number,
  onPolicyError: (error: unknown) => void = () => {},
): Decision {
  const evaluationId = newId('evaluation');
  if (question.subject.disabled) return refuse('subject-disabled', evaluationId, nowMs, engine.revision);
  const input = buildDecisionInput(facts, question, nowMs);
  let raw: unknown;
  try {
    raw = engine.decide(input);
  } catch (error) {
    onPolicyError(error);
    return refuse('policy-error', evaluationId, nowMs, engine.revision);
  }
  const answer = readDecisionAnswer(
    raw,
    input.grants.map((grant) => grant.id),
  );
  return { ...answer, evaluation_id: evaluationId, evaluated_at: nowMs, policy_revision: engine.revision };
}

/** When the first of a person's grants that carried a decision ends; null when none of them does by time. */
export function firstExpiry(facts: Facts, subjectId: string, grantIds: readonly string[]): number | null {
  let first: number | null = null;
  // Their own few, which were just looked at, and not the index of all.
  for (const { id, expires_at: end } of facts.grantsOf(subjectId)) {
    if (end !== null && (first === null || end < first) && grantIds.includes(id)) first = end;
  }
  return first;
}
