import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CutReason } from '../../core/access/reason-code.ts';
import type { Decision } from '../../core/decision/decision.ts';
import type { Clock } from '../../core/process/clock.ts';
import type { FactsEvent } from '../facts/fact-source.ts';
import type { MonotonicClock } from '../facts/steady-clock.ts';
import type { Judge, StandingQuestion } from '../gate/judge.ts';
import { ExpiryWatch, type Rider } from './expiry-watch.ts';

export type LiveKind = 'request' | 'upgrade';

/** Something in flight that was let in, and the right it rides on. */
export interface LiveConnection extends Rider {
  readonly kind: LiveKind;
  readonly standing: StandingQuestion;
  /** From here on whose it is has to be shown anew, so it is cut; null: never. Milliseconds since the epoch. */
  readonly identityEndsAt: number | null;
  /** Of the decision that let it in. */
  readonly evaluationId: string;
  /** Grants that carry it now. */
  grants: readonly string[];
  /** Its place among all; -1 while it is not among them. */
  place: number;
  /** Ends both sides at once. */
  cut(reason: CutReason): void;
}

export interface Cut {
  readonly connection: LiveConnection;
  readonly reason: CutReason;
  /** From when the cause was known here to when both sides were ended. */
  readonly delayMs: number;
}

export interface LiveConnectionsOptions {
  readonly judge: Judge;
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
  /**
   * A list and not a Set: what a Set leaves behind when it makes room holds on to its former members until the next full
   * collection of garbage, which at thousands of requests a second is all of them.
   */
  readonly #all: LiveConnection[] = [];
  readonly #expiry: ExpiryWatch<LiveConnection>;

  constructor(options: LiveConnectionsOptions) {
    this.#options = options;
    this.#expiry = new ExpiryWatch(
      options.clock,
      () => this.#all,
      (connection, expiredAtMs) => {
        // On the monotonic scale: now, less how late it is by the clock that grants end by.
        const sinceMs = options.now() - Math.max(0, options.clock() - expiredAtMs);
        this.#judgeAgain(connection, 'grant-expired', sinceMs);
      },
    );
  }

  get size(): number {
    return this.#all.length;
  }

  countOf(kind: LiveKind): number {
    let count = 0;
    for (const connection of this.#all) if (connection.kind === kind) count += 1;
    return count;
  }

  /** @param decision that let it in, of this moment */
  add(connection: LiveConnection, decision: Decision): void {
    connection.place = this.#all.push(connection) - 1;
    this.#carry(connection, decision);
  }

  /** The last one takes the place of the one that goes. */
  remove(connection: LiveConnection): void {
    const { place } = connection;
    if (place === -1) return;
    connection.place = -1;
    const last = this.#all.pop();
    if (last === undefined || last === connection) return;
    this.#all[place] = last;
    last.place = place;
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
    // Looked for one by one: an index by person would be written at every request, and is read at changes only.
    const concerned: LiveConnection[] = [];
    for (const connection of this.#all) {
      const { subjectId, resourceKey: key } = connection.standing;
      // A Target is in the environments of its Connections.
      const isTouched = scopes || resources.has(key) || (touchesPlaces && key.startsWith('target:'));
      if (isTouched || subjects.has(subjectId)) concerned.push(connection);
    }
    for (const connection of concerned) {
      const isRevoked = connection.grants.some((id) => endedGrants.has(id));
      this.#judgeAgain(connection, isRevoked ? 'grant-revoked' : 'access-changed', sinceMs);
    }
  }

  timeJumped(): void {
    this.#expiry.look();
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
      if (connection.place !== -1) this.#judgeAgain(connection, reason, sinceMs);
      if (now() - sliceStart > sliceMs) {
        await nextTurn();
        sliceStart = now();
      }
    }
  }

  #judgeAgain(connection: LiveConnection, reason: CutReason, sinceMs: number): void {
    if (connection.place === -1) return;
    const { identityEndsAt } = connection;
    if (identityEndsAt !== null && identityEndsAt <= this.#options.clock()) {
      this.#cut(connection, 'identity-expired', sinceMs);
      return;
    }
    const decision = this.#options.judge.decideAgain(connection.standing);
    if (decision.allow) this.#carry(connection, decision);
    else this.#cut(connection, decision.reason === 'facts-stale' ? 'facts-stale' : reason, sinceMs);
  }

  #carry(connection: LiveConnection, decision: Decision): void {
    connection.grants = decision.grants;
    const { identityEndsAt } = connection;
    const { ends_at: endsAt } = decision;
    const isIdentityFirst = identityEndsAt !== null && (endsAt === null || identityEndsAt < endsAt);
    this.#expiry.watch(connection, isIdentityFirst ? identityEndsAt : endsAt);
  }

  #cut(connection: LiveConnection, reason: CutReason, sinceMs: number): void {
    this.remove(connection);
    connection.cut(reason);
    this.#options.onCut({ connection, reason, delayMs: Math.max(0, this.#options.now() - sinceMs) });
  }
}
