import type { DecisionInput } from './decision-input.ts';
import type { RequestInput } from './request-input.ts';

/**
 * What Hallpass needs of a policy language. Answers are `unknown` on purpose: nothing a policy returns is believed
 * before `readDecisionAnswer` or `readRequestAnswer` has looked at it.
 */
export interface PolicyEngine {
  /** Names the policy that answers, for logs, metrics and answers. */
  readonly revision: string;
  /**
   * Whether `decide` is a function of subject, resource, action, Scopes and grants alone: it reads nothing of
   * `input.context` (path, host, address, time) and calls nothing that answers differently from one time to the next.
   */
  readonly ignoresContext?: boolean;
  /** May this person do this now? @throws PolicyEngineError */
  decide(input: DecisionInput): unknown;
  /** May this person ask for this, who approves, for how long? @throws PolicyEngineError */
  request(input: RequestInput): unknown;
  /** What the policy printed since this was asked last; always empty where printing was not asked for. */
  takePrinted?(): readonly string[];
  /** Rules over decision-log events that the policy brings along. */
  readonly logRules?: LogRules;
}

/**
 * OPA's rules for decision logs (OPA documentation, "Decision Logs"), as far as the bundle exports them. They run apart from
 * decisions: one that fails costs no decision anything.
 */
export interface LogRules {
  /** `system/log/mask`: event -> what to remove or replace in it. @throws PolicyEngineError */
  readonly mask: ((event: object) => unknown) | null;
  /** `system/log/drop`: event -> whether it is not logged. @throws PolicyEngineError */
  readonly drop: ((event: object) => unknown) | null;
}

/** The policy could not be loaded or failed while running. Never carries the input, which may hold personal data. */
export class PolicyEngineError extends Error {
  override readonly name = 'PolicyEngineError';
}
