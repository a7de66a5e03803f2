import type { Bench, Judge } from '../../core/authzen/bench.ts';
import type { DenyReason } from '../../core/access/reason-code.ts';
import { newId } from '../../core/access/ids.ts';
import type { Question } from '../../core/decision/decision-input.ts';
import { refuse, type Decision } from '../../core/decision/decision.ts';
import { evaluate } from '../../core/decision/evaluate.ts';
import type { PolicyEngine } from '../../core/decision/policy-engine.ts';
import type { Facts } from '../../core/feed/facts.ts';
import type { Clock } from '../../core/process/clock.ts';

export interface ControlJudgeParts {
  /** As of the last time they were brought up to date; null: never. */
  readonly facts: () => Facts | null;
  readonly revision: () => number;
  readonly engine: () => PolicyEngine;
  readonly clock: Clock;
  readonly onPolicyError: (error: unknown) => void;
}

/** Decides as the sidecars do, by the same policy and the same rule. */
export function createControlJudge({ facts, revision, engine, clock, onPolicyError }: ControlJudgeParts): Judge {
  return {
    sit() {
      const held = facts();
      return held === null ? 'facts-missing' : { facts: held, engine: engine() };
    },
    get factsRevision() {
      return revision();
    },
    decide: (bench: Bench, question: Question): Decision =>
      evaluate(bench.engine, bench.facts, question, clock(), onPolicyError),
    refuse: (reason: DenyReason): Decision => refuse(reason, newId('evaluation'), clock(), engine().revision),
  };
}
