import type { Grant } from '../access/grant.ts';
import type { Resource } from '../access/resource.ts';
import type { Scope } from '../access/scope.ts';
import type { Subject } from '../access/subject.ts';
import type { Facts } from '../feed/facts.ts';
import type { Question } from './decision-input.ts';
import type { Decision } from './decision.ts';
import type { PolicyEngine } from './policy-engine.ts';

/** Counted for whoever watches; a miss is an evaluation. */
export interface MemoCounts {
  hits: number;
  misses: number;
}

/** An answer, with everything it was worked out from. */
export interface Remembered {
  /** Of the memo: another one where the policy or all facts were replaced. */
  readonly era: number;
  readonly subject: Subject;
  readonly resource: Resource;
  readonly actionName: string;
  readonly method: string | null;
  readonly scopes: readonly Scope[];
  readonly grants: readonly Grant[];
  readonly grantCount: number;
  /** Milliseconds since the epoch: from here on, and before `untilMs`, no grant of the person begins or ends. */
  readonly fromMs: number;
  readonly untilMs: number;
  readonly decision: Decision;
}

/**
 * What a policy has answered, for the next time the same is asked. Only for engines that say `ignoresContext`: their
 * answer then hangs on subject, resource, action, the Scopes above and the active grants, and on nothing else.
 *
 * An entry holds the very objects it was worked out from, and counts only while the facts still hold the same ones: facts
 * are whole and never changed in place, the list of Scopes above a resource is made anew after any change of either, and a
 * person's list of grants only ever grows in place, so its length tells. Time is checked at every use (law 2): an entry
 * counts between two neighbouring beginnings or ends of the person's grants, so not one millisecond after an end.
 *
 * Bounded: two generations, of which the older one goes when the younger one is full.
 */
export class DecisionMemo {
  readonly counts: MemoCounts = { hits: 0, misses: 0 };
  readonly #generationSize: number;
  #young = new Map<string, Remembered>();
  #old = new Map<string, Remembered>();
  #engine: PolicyEngine | null = null;
  #facts: Facts | null = null;
  #era = 0;

  /** @param maxEntries 0: nothing is remembered */
  constructor(maxEntries: number) {
    this.#generationSize = Math.floor(maxEntries / 2);
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /** Whether there is any use in asking. */
  isFor(engine: PolicyEngine): boolean {
    return engine.ignoresContext === true && this.#generationSize > 0;
  }

  /** @returns an earlier decision whose answer is the answer now; its id and time are not */
  find(engine: PolicyEngine, facts: Facts, question: Question, nowMs: number): Remembered | null {
    if (engine !== this.#engine || facts !== this.#facts) this.#restart(engine, facts);
    const { subject, resource, action } = question;
    const key = keyOf(question);
    const entry = this.#lookUp(key);
    if (
      entry !== undefined &&
      entry.subject === subject &&
      entry.resource === resource &&
      entry.actionName === action.name &&
      entry.method === action.method &&
      entry.fromMs <= nowMs &&
      nowMs < entry.untilMs
    ) {
      const grants = facts.grantsOf(subject.id);
      if (
        entry.grants === grants &&
        entry.grantCount === grants.length &&
        entry.scopes === facts.scopesCovering(resource)
      ) {
        this.counts.hits += 1;
        return entry;
      }
    }
    this.counts.misses += 1;
    return null;
  }

  /**
   * For whoever has kept an entry and knows that nothing of the facts has changed since (`Facts.version`): whether it still
   * is the answer.
   */
  holds(entry: Remembered, engine: PolicyEngine, facts: Facts, nowMs: number): boolean {
    const holds =
      entry.era === this.#era &&
      engine === this.#engine &&
      facts === this.#facts &&
      entry.fromMs <= nowMs &&
      nowMs < entry.untilMs;
    if (holds) this.counts.hits += 1;
    return holds;
  }

  /**
   * @param decision of the engine and the facts that `find` was last asked with, on them as they still are
   * @returns null where it is not kept
   */
  keep(facts: Facts, question: Question, decision: Decision): Remembered | null {
    // What failed may not fail again: a bound on memory, say.
    if (decision.reason === 'policy-error') return null;
    const { evaluated_at: nowMs } = decision;
    const { subject, resource, action } = question;
    const grants = facts.grantsOf(subject.id);
    let fromMs = -Infinity;
    let untilMs = Infinity;
    for (const { starts_at, expires_at } of grants) {
      if (starts_at <= nowMs) fromMs = Math.max(fromMs, starts_at);
      else untilMs = Math.min(untilMs, starts_at);
      if (expires_at === null) continue;
      if (expires_at <= nowMs) fromMs = Math.max(fromMs, expires_at);
      else untilMs = Math.min(untilMs, expires_at);
    }
    const entry: Remembered = {
      era: this.#era,
      subject,
      resource,
      actionName: action.name,
      method: action.method,
      scopes: facts.scopesCovering(resource),
      grants,
      grantCount: grants.length,
      fromMs,
      untilMs,
      decision,
    };
    this.#store(keyOf(question), entry);
    return entry;
  }

  #lookUp(key: string): Remembered | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.#store(key, old);
    return old;
  }

  #store(key: string, entry: Remembered): void {
    this.#old.delete(key);
    if (this.#young.size >= this.#generationSize && !this.#young.has(key)) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, entry);
  }

  /** Also lets go of the facts and the policy that were. */
  #restart(engine: PolicyEngine, facts: Facts): void {
    this.#engine = engine;
    this.#facts = facts;
    this.#era += 1;
    this.#young = new Map();
    this.#old = new Map();
  }
}

/** Where to look; what is found there is compared field by field, so two questions of one key only cost each other a place. */
function keyOf({ subject, resource, action }: Question): string {
  return `${subject.id} ${resource.type} ${resource.id} ${action.name} ${action.method ?? ''}`;
}
