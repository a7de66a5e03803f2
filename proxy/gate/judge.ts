import type { DenyReason } from '../../core/access/reason-code.ts';
import { newId } from '../../core/access/ids.ts';
import type { ResourceKey } from '../../core/access/resource.ts';
import type { Bench, Judge as QuestionJudge, NotReadyReason } from '../../core/authzen/bench.ts';
import type { Action, Question, RequestContext } from '../../core/decision/decision-input.ts';
import type { DecisionMemo, Remembered } from '../../core/decision/decision-memo.ts';
import { refuse, repeatDecision, type Decision } from '../../core/decision/decision.ts';
import { evaluate, type Timer } from '../../core/decision/evaluate.ts';
import type { PolicyEngine } from '../../core/decision/policy-engine.ts';
import type { Facts } from '../../core/feed/facts.ts';
import type { Clock } from '../../core/process/clock.ts';

/** What the gate needs of the facts; `facts/fact-source.ts` is it. */
export interface FactsInUse {
  /** The facts, if there are any and they are young enough to be trusted. */
  inUse(): Facts | 'facts-missing' | 'facts-stale';
  readonly revision: number;
}

/** What the gate needs of the policy; `policy/policy-holder.ts` is it. */
export interface PolicyInUse {
  readonly engine: PolicyEngine | null;
}

/** A question by names, so that it can be asked again when the facts behind the names have changed. */
export interface StandingQuestion {
  readonly subjectId: string;
  readonly resourceKey: ResourceKey;
  readonly action: Action;
  readonly context: RequestContext;
}

/** Puts questions to the policy with the facts of now. Everything that lets somebody pass goes through here. */
export class Judge implements QuestionJudge {
  readonly #facts: FactsInUse;
  readonly #policy: PolicyInUse;
  readonly #clock: Clock;
  readonly #onPolicyError: (error: unknown) => void;
  readonly #memo: DecisionMemo;
  readonly #timer: Timer | null;

  /** @param timer with one, decisions say how they came about, for whoever logs that; then nothing is answered from memory */
  constructor(
    facts: FactsInUse,
    policy: PolicyInUse,
    clock: Clock,
    onPolicyError: (error: unknown) => void,
    memo: DecisionMemo,
    timer: Timer | null = null,
  ) {
    this.#timer = timer;
    this.#facts = facts;
    this.#policy = policy;
    this.#clock = clock;
    this.#onPolicyError = onPolicyError;
    this.#memo = memo;
  }

  /** @returns the reason instead, when nothing can be decided now */
  sit(): Bench | NotReadyReason {
    const facts = this.#facts.inUse();
    if (typeof facts === 'string') return facts;
    const { engine } = this.#policy;
    return engine === null ? 'policy-missing' : { facts, engine };
  }

  get factsRevision(): number {
    return this.#facts.revision;
  }

  /** Every decision has an id of its own, also where the policy need not be asked again. */
  decide(bench: Bench, question: Question): Decision {
    return this.decideToKeep(bench, question).decision;
  }

  /** As `decide`, with what may be kept of it to be repeated; null: nothing may. */
  decideToKeep(bench: Bench, question: Question): { readonly decision: Decision; readonly answer: Remembered | null } {
    const nowMs = this.#clock();
    const { engine, facts } = bench;
    const isMemorable = this.#timer === null && this.#memo.isFor(engine) && !question.subject.disabled;
    const known = isMemorable ? this.#memo.find(engine, facts, question, nowMs) : null;
    if (known !== null) return { decision: repeatDecision(known.decision, newId('evaluation'), nowMs), answer: known };
    const decision = evaluate(engine, facts, question, nowMs, this.#onPolicyError, this.#timer);
    return { decision, answer: isMemorable ? this.#memo.keep(facts, question, decision) : null };
  }

  /**
   * A decision of its own, with an answer that was kept for the very question; null where that has to be decided anew.
   * @param answer of facts in which nothing has changed since (`Facts.version`)
   */
  repeat({ engine, facts }: Bench, answer: Remembered): Decision | null {
    const nowMs = this.#clock();
    if (!this.#memo.holds(answer, engine, facts, nowMs)) return null;
    return repeatDecision(answer.decision, newId('evaluation'), nowMs);
  }

  /** The same question again. Whoever or whatever is gone from the facts by now is denied. */
  decideAgain(standing: StandingQuestion): Decision {
    const bench = this.sit();
    if (typeof bench === 'string') return this.refuse(bench);
    const subject = bench.facts.subject(standing.subjectId);
    if (subject === undefined) return this.refuse('subject-unknown');
    const resource = bench.facts.resource(standing.resourceKey);
    if (resource === undefined) return this.refuse('resource-unknown');
    return this.decide(bench, { subject, resource, action: standing.action, context: standing.context });
  }

  /** A denial that needs no policy. */
  refuse(reason: DenyReason): Decision {
    return refuse(reason, newId('evaluation'), this.#clock(), this.#policy.engine?.revision ?? null);
  }
}
