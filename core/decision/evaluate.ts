import { newId } from '../access/ids.ts';
import { isActive, type Grant } from '../access/grant.ts';
import { higherRole, type Role } from '../access/role.ts';
import type { Facts } from '../feed/facts.ts';
import { buildDecisionInput, type DecisionInput, type Question } from './decision-input.ts';
import { readDecisionAnswer, refuse, type Decision } from './decision.ts';
import type { PolicyEngine } from './policy-engine.ts';

/** A clock in milliseconds that only moves forward. */
export type Timer = () => number;

/**
 * Facts + question + policy -> decision. Synchronous and without side effects, so a decision is about one moment.
 * Whatever the engine throws becomes a denial with reason `policy-error`; `onPolicyError` hears of it.
 * @param timer with one the decision says how it came about (`evaluated`)
 */
export function evaluate(
  engine: PolicyEngine,
  facts: Facts,
  question: Question,
  nowMs: number,
  onPolicyError: (error: unknown) => void = () => {},
  timer: Timer | null = null,
): Decision {
  const evaluationId = newId('evaluation');
  if (question.subject.disabled) return refuse('subject-disabled', evaluationId, nowMs, engine.revision);
  const input = buildDecisionInput(facts, question, nowMs);
  const startedAt = timer === null ? 0 : timer();
  let raw: unknown;
  let failed = false;
  try {
    raw = engine.decide(input);
  } catch (error) {
    onPolicyError(error);
    failed = true;
  }
  const decision = failed
    ? refuse('policy-error', evaluationId, nowMs, engine.revision)
    : readDecision(raw, input, facts, question, evaluationId, nowMs, engine.revision);
  if (timer === null) return decision;
  const durationMs = timer() - startedAt;
  const printed = engine.takePrinted?.() ?? [];
  return { ...decision, evaluated: { input, answer: raw, failed, durationMs, printed } };
}

function readDecision(
  raw: unknown,
  input: DecisionInput,
  facts: Facts,
  { subject }: Question,
  evaluationId: string,
  nowMs: number,
  revision: string,
): Decision {
  const answer = readDecisionAnswer(
    raw,
    input.grants.map((grant) => grant.id),
  );
  return {
    ...answer,
    ends_at: answer.grants.length === 0 ? null : firstExpiry(facts, subject.id, answer.grants),
    role: roleNow(subject.role, facts.grantsOf(subject.id), nowMs),
    evaluation_id: evaluationId,
    evaluated_at: nowMs,
    policy_revision: revision,
  };
}

/** Base role and active role grants together. */
function roleNow(base: Role, grants: readonly Grant[], nowMs: number): Role {
  let role = base;
  for (const grant of grants) {
    if (grant.entitlement.kind === 'role' && isActive(grant, nowMs)) role = higherRole(role, grant.entitlement.role);
  }
  return role;
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
