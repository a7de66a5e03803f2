import type { ResourceKey } from '../../core/access/resource.ts';
import type { Fact } from '../../core/feed/fact.ts';
import { atNewConnection, EMPTY_REPLICA, stepReplica, type ReplicaState } from '../../core/feed/fact-replica.ts';
import type { Facts } from '../../core/feed/facts.ts';
import type { FeedMessage } from '../../core/feed/feed-message.ts';
import type { FactsInUse } from '../gate/judge.ts';
import { Freshness, type MonotonicClock } from './freshness.ts';

/** What a change of facts can bear on. */
export interface TouchedFacts {
  readonly subjects: ReadonlySet<string>;
  readonly resources: ReadonlySet<ResourceKey>;
  /** Scopes cover by rules, so a change of one can bear on anything. */
  readonly scopes: boolean;
  /** Grants that are gone. */
  readonly endedGrants: ReadonlySet<string>;
}

export type FactsEvent =
  | { readonly kind: 'changed'; readonly touched: TouchedFacts }
  | { readonly kind: 'swapped' }
  /** Nothing was heard for longer than facts are trusted. */
  | { readonly kind: 'stale' };

/** @param sinceMs monotonic time at which what caused the event was known here */
export type FactsListener = (event: FactsEvent, sinceMs: number) => void;

/** The replica in use: takes the feed's messages, answers with facts while they can be trusted, tells who must be judged again. */
export class FactSource implements FactsInUse {
  readonly #freshness: Freshness;
  readonly #now: MonotonicClock;
  readonly #listeners: FactsListener[] = [];
  #state: ReplicaState = EMPTY_REPLICA;
  /** Server time of this connection's hello: a snapshot that follows is at least that new. */
  #helloTime = 0;
  #staleTimer: NodeJS.Timeout | null = null;

  constructor(maxAgeMs: number, now: MonotonicClock) {
    this.#freshness = new Freshness(maxAgeMs, now);
    this.#now = now;
  }

  onEvent(listener: FactsListener): void {
    this.#listeners.push(listener);
  }

  inUse(): Facts | 'facts-missing' | 'facts-stale' {
    const { facts } = this.#state;
    if (facts === null) return 'facts-missing';
    return this.#freshness.isStale ? 'facts-stale' : facts;
  }

  /** What is known, trusted or not; null before the first snapshot. */
  get facts(): Facts | null {
    return this.#state.facts;
  }

  get epoch(): string | null {
    return this.#state.epoch;
  }

  get revision(): number {
    return this.#state.revision;
  }

  get ageMs(): number {
    return this.#freshness.ageMs;
  }

  startConnection(): void {
    this.#state = atNewConnection(this.#state);
    this.#freshness.startConnection();
  }

  /** @returns why a snapshot must be asked for, or null when the message was taken */
  receive(message: FeedMessage, sinceMs: number): string | null {
    if ((message.type === 'hello' || message.type === 'heartbeat') && !this.#freshness.hear(message.server_time)) {
      return "the control plane's clock went back";
    }
    // Who held a grant that goes away is only known before it has gone.
    const touched = message.type === 'change' ? touchedBy(message.facts, this.#state.facts) : null;
    const step = stepReplica(this.#state, message);
    if ('resync' in step) return step.resync;
    this.#state = step.state;
    if (message.type === 'hello') this.#helloTime = message.server_time;
    switch (step.effect.kind) {
      case 'swapped':
        this.#freshness.confirm(this.#helloTime);
        this.#watchAge();
        this.#tell({ kind: 'swapped' }, sinceMs);
        break;
      case 'changed':
        if (touched !== null) this.#tell({ kind: 'changed', touched }, sinceMs);
        break;
      case 'current':
        if (message.type === 'heartbeat') this.#freshness.confirm(message.server_time);
        this.#watchAge();
        break;
      case 'waiting':
        break;
    }
    return null;
  }

  stop(): void {
    if (this.#staleTimer !== null) clearTimeout(this.#staleTimer);
    this.#staleTimer = null;
  }

  #watchAge(): void {
    if (this.#staleTimer !== null) return;
    const wait = this.#freshness.remainingMs;
    this.#staleTimer = setTimeout(() => {
      this.#staleTimer = null;
      if (this.#freshness.isStale) this.#tell({ kind: 'stale' }, this.#now());
      else this.#watchAge();
    }, wait + 1);
    this.#staleTimer.unref();
  }

  #tell(event: FactsEvent, sinceMs: number): void {
    for (const listener of this.#listeners) listener(event, sinceMs);
  }
}

function touchedBy(facts: readonly Fact[], before: Facts | null): TouchedFacts {
  const subjects = new Set<string>();
  const resources = new Set<ResourceKey>();
  const endedGrants = new Set<string>();
  let scopes = false;
  for (const fact of facts) {
    switch (fact.kind) {
      case 'subject':
        subjects.add(fact.id);
        break;
      case 'resource':
        resources.add(fact.id as ResourceKey);
        break;
      case 'scope':
        scopes = true;
        break;
      case 'grant': {
        const holder = before?.grant(fact.id)?.subject_id;
        if (holder !== undefined) subjects.add(holder);
        if (fact.value === null) endedGrants.add(fact.id);
        else subjects.add(fact.value.subject_id);
      }
    }
  }
  return { subjects, resources, scopes, endedGrants };
}
