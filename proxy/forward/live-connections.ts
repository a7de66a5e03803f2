import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CutReason } from '../../core/access/reason-code.ts';
import type { Decision } from '../../core/decision/decision.ts';
import { firstExpiry } from '../../core/decision/evaluate.ts';
import type { Facts } from '../../core/feed/facts.ts';
import type { Clock } from '../../core/process/clock.ts';
import type { FactsEvent } from '../facts/fact-source.ts';
import type { MonotonicClock } from '../facts/freshness.ts';
import type { Judge, StandingQuestion } from '../gate/judge.ts';
import { ExpiryWatch } from './expiry-watch.ts';

export type LiveKind = 'request' | 'upgrade';

/** Something in flight that was let in, and the right it rides on. */
export interface LiveConnection {
  readonly kind: LiveKind;
  readonly standing: StandingQuestion;
  /** Of the decision that let it in. */
  readonly evaluationId: string;
  /** Grants that carry it now. */
  grants: readonly string[];
  /** Ends both sides at once. */
  readonly cut: (reason: CutReason) => void;
}

export interface Cut {
  readonly connection: LiveConnection;
  readonly reason: CutReason;
  /** From when the cause was known here to when both sides were ended. */
  readonly delayMs: number;
}

export interface LiveConnectionsOptions {
  readonly judge: Judge;
  readonly facts: () => Facts | null;
  readonly clock: Clock;
  readonly now: MonotonicClock;
  readonly sliceMs: number;
  readonly onCut: (cut: Cut) => void;
}

/**
 * Everything in flight (law 3). Whatever may have taken a right away makes the same question be asked again; what is
 * still allowed, by whatever grant, goes on; the rest is cut.
 */
export class LiveConnections {
  readonly #options: LiveConnectionsOptions;
  readonly #all = new Set<LiveConnection>();
  readonly #bySubject = new Map<string, Set<LiveConnection>>();
  readonly #expiry: ExpiryWatch<LiveConnection>;

  constructor(options: LiveConnectionsOptions) {
    this.#options = options;
    this.#expiry = new ExpiryWatch(options.clock, (connections, expiredAtMs) => {
      // On the monotonic scale: now, less how late the wall clock says it is.
      const sinceMs = options.now() - Math.max(0, options.clock() - expiredAtMs);
      for (const connection of connections) this.#judgeAgain(connection, 'grant-expired', sinceMs);
    });
  }

  get size(): number {
    return this.#all.size;
  }

  countOf(kind: LiveKind): number {
    let count = 0;
    for (const connection of this.#all) if (connection.kind === kind) count += 1;
    return count;
  }

  add(connection: LiveConnection): void {
    this.#all.add(connection);
    const { subjectId } = connection.standing;
    const own = this.#bySubject.get(subjectId);
    if (own === undefined) this.#bySubject.set(subjectId, new Set([connection]));
    else own.add(connection);
    this.#carry(connection, connection.grants);
  }

  remove(connection: LiveConnection): void {
    if (!this.#all.delete(connection)) return;
    const { subjectId } = connection.standing;
    const own = this.#bySubject.get(subjectId);
    own?.delete(connection);
    if (own?.size === 0) this.#bySubject.delete(subjectId);
    this.#expiry.forget(connection);
  }

  /** @param sinceMs monotonic time at which the cause was known here */
  factsChanged(event: FactsEvent, sinceMs: number): void {
    if (event.kind === 'stale') {
      for (const connection of Array.from(this.#all)) this.#judgeAgain(connection, 'facts-stale', sinceMs);
      return;
    }
    if (event.kind === 'swapped') {
      void this.#judgeAll('access-changed', sinceMs);
      return;
    }
    const { subjects, resources, scopes, endedGrants } = event.touched;
    const touchesPlaces = [...resources].some((key) => key.startsWith('connection:'));
    if (subjects.size === 0 && resources.size === 0 && !scopes) return;
    const concerned = new Set<LiveConnection>();
    for (const id of subjects) for (const connection of this.#bySubject.get(id) ?? []) concerned.add(connection);
    if (scopes || resources.size > 0) {
      for (const connection of this.#all) {
        const key = connection.standing.resourceKey;
        // A Target is in the environments of its Connections.
        if (scopes || resources.has(key) || (touchesPlaces && key.startsWith('target:'))) concerned.add(connection);
      }
    }
    for (const connection of concerned) {
      const isRevoked = connection.grants.some((id) => endedGrants.has(id));
      this.#judgeAgain(connection, isRevoked ? 'grant-revoked' : 'access-changed', sinceMs);
    }
  }

  policyChanged(sinceMs: number): void {
    void this.#judgeAll('policy-changed', sinceMs);
  }

  /** Ends whatever is left when the process stops. */
  cutAll(reason: CutReason): void {
    const sinceMs = this.#options.now();
    for (const connection of Array.from(this.#all)) this.#cut(connection, reason, sinceMs);
    this.#expiry.stop();
  }

  /** In slices: tens of thousands of questions at a stretch would hold up every request. */
  async #judgeAll(reason: CutReason, sinceMs: number): Promise<void> {
    const { now, sliceMs } = this.#options;
    let sliceStart = now();
    for (const connection of Array.from(this.#all)) {
      if (this.#all.has(connection)) this.#judgeAgain(connection, reason, sinceMs);
      if (now() - sliceStart > sliceMs) {
        await nextTurn();
        sliceStart = now();
      }
    }
  }

  #judgeAgain(connection: LiveConnection, reason: CutReason, sinceMs: number): void {
    if (!this.#all.has(connection)) return;
    const decision: Decision = this.#options.judge.decideAgain(connection.standing);
    if (decision.allow) this.#carry(connection, decision.grants);
    else this.#cut(connection, decision.reason === 'facts-stale' ? 'facts-stale' : reason, sinceMs);
  }

  #carry(connection: LiveConnection, grants: readonly string[]): void {
    connection.grants = grants;
    const facts = this.#options.facts();
    const expiresAt = facts === null ? null : firstExpiry(facts, grants);
    this.#expiry.watch(connection, expiresAt);
  }

  #cut(connection: LiveConnection, reason: CutReason, sinceMs: number): void {
    this.remove(connection);
    connection.cut(reason);
    this.#options.onCut({ connection, reason, delayMs: Math.max(0, this.#options.now() - sinceMs) });
  }
}
