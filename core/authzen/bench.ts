import type { DenyReason } from '../access/reason-code.ts';
import type { Question } from '../decision/decision-input.ts';
import type { Decision } from '../decision/decision.ts';
import type { PolicyEngine } from '../decision/policy-engine.ts';
import type { Facts } from '../feed/facts.ts';

/** Facts and policy of one moment. */
export interface Bench {
  readonly facts: Facts;
  readonly engine: PolicyEngine;
}

export type NotReadyReason = Extract<DenyReason, 'facts-missing' | 'facts-stale' | 'policy-missing'>;

/** Puts questions to the policy. The sidecar's (`proxy/gate/judge.ts`) and the control plane's are such judges. */
export interface Judge {
  /** @returns the reason instead, when nothing can be decided now */
  sit(): Bench | NotReadyReason;
  decide(bench: Bench, question: Question): Decision;
  /** Of the feed, that the facts are at. */
  readonly factsRevision: number;
  /** A denial that needs no policy. */
  refuse(reason: DenyReason): Decision;
}
