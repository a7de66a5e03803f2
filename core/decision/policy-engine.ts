import type { DecisionInput } from './decision-input.ts';
import type { RequestInput } from './request-input.ts';

/**
 * What Hallpass needs of a policy language. Answers are `unknown` on purpose: nothing a policy returns is believed
 * before `readDecisionAnswer` or `readRequestAnswer` has looked at it.
 */
export interface PolicyEngine {
  /** Names the policy that answers, for logs, metrics and answers. */
  readonly revision: string;
  /** May this person do this now? @throws PolicyEngineError */
  decide(input: DecisionInput): unknown;
  /** May this person ask for this, who approves, for how long? @throws PolicyEngineError */
  request(input: RequestInput): unknown;
}

/** The policy could not be loaded or failed while running. Never carries the input, which may hold personal data. */
export class PolicyEngineError extends Error {
  override readonly name = 'PolicyEngineError';
}
