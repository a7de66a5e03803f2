import type { ResourceKey } from '../../core/access/resource.ts';
import type { Fact } from '../../core/feed/fact.ts';
import { atNewConnection, EMPTY_REPLICA, stepReplica, type ReplicaState } from '../../core/feed/fact-replica.ts';
import type { Facts } from '../../core/feed/facts.ts';
import type { FeedMessage } from '../../core/feed/feed-message.ts';
import type { FactsInUse } from '../gate/judge.ts';
import type { FeedPosition } from './control-plane.ts';
import { Freshness } from './freshness.ts';
import type { LoadedFacts } from './load-snapshot.ts';
import type { HeldFacts } from './snapshot-content.ts';
import type { TrustedClock } from './trusted-clock.ts';

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
  readonly #maxAgeMs: number;
  readonly #freshness: Freshness;
  readonly #clock: TrustedClock;
  readonly #listeners: FactsListener[] = [];
  readonly #takers: ((message: FeedMessage) => void)[] = [];
  #state: ReplicaState = EMPTY_REPLICA;
  /** Server time as of which the snapshot under way is. */
  #snapshotAsOf = 0;
  /** And of the facts in use. */
  #asOf = 0;
  /** Steady time at which this connection's stream was asked for: before its hello was said. */
  #askedMs: number | null = null;
  #staleTimer: NodeJS.Timeout | null = null;

  constructor(maxAgeMs: number, clock: TrustedClock) {
    this.#maxAgeMs = maxAgeMs;
    this.#freshness = new Freshness(maxAgeMs, clock);
    this.#clock = clock;
    clock.onEvent(() => this.#watchAge());
  }

  onEvent(listener: FactsListener): void {
    this.#listeners.push(listener);
  }

  /** @param take told of each message that was taken, in their order */
  onTaken(take: (message: FeedMessage) => void): void {
    this.#takers.push(take);
  }

  inUse(): Facts | 'facts-missing' | 'facts-stale' {
    const { facts } = this.#state;
    if (facts === null) return 'facts-missing';
    return this.#isStale ? 'facts-stale' : facts;
  }

  /** What is known, trusted or not; null before the first snapshot. */
  get facts(): Facts | null {
    return this.#state.facts;
  }

  /** null before the first snapshot. */
  get position(): FeedPosition | null {
    const { epoch, revision, mark } = this.#state;
    return epoch === null ? null : { epoch, revision, mark };
  }

  get revision(): number {
    return this.#state.revision;
  }

  get ageMs(): number {
    return this.#freshness.ageMs;
  }

  /** Why facts are not trusted, for the operator. */
  get staleness(): string {
    const heard = `nothing heard for ${Math.round(this.ageMs)} ms`;
    if (!this.#clock.isInDoubt) return heard;
    return `${heard}, and the wall clock ran ahead: the machine may have stood still`;
  }

  /** What is held now, for keeping; null before the first snapshot. */
  hold(): HeldFacts | null {
    const { facts } = this.#state;
    const { position } = this;
    return facts === null || position === null ? null : { position, asOfMs: this.#asOf, facts: facts.allOfNow() };
  }

  /** Facts that were kept, before the feed has said anything. @returns why they are not used, or null */
  adopt({ state, asOfMs }: LoadedFacts): string | null {
    if (this.#state.facts !== null) return 'facts have arrived already';
    const nowMs = this.#clock.now();
    if (asOfMs > nowMs) return `it is of ${asOfMs - nowMs} ms in the future`;
    if (nowMs - asOfMs > this.#maxAgeMs) return `it may be ${nowMs - asOfMs} ms old, more than facts are trusted for`;
    this.#state = atNewConnection(state);
    this.#asOf = asOfMs;
    this.#freshness.confirmUnheard(asOfMs);
    this.#watchAge();
    this.#tell({ kind: 'swapped' }, this.#clock.steady());
    return null;
  }

  /** @param askedMs steady time before the stream is asked for; null: its hello answers nobody's question */
  startConnection(askedMs: number | null): void {
    this.#state = atNewConnection(this.#state);
    this.#askedMs = askedMs;
    this.#freshness.startConnection();
  }

  /**
   * @param sinceMs steady time at which the message was read from the network
   * @returns why a snapshot must be asked for, or null when the message was taken
   */
  receive(message: FeedMessage, sinceMs: number): string | null {
    const time = this.#hearTime(message, sinceMs);
    if (time === 'went-back') return "the control plane's clock went back";
    // Who held a grant that goes away is only known before it has gone.
    const touched = message.type === 'change' ? touchedBy(message.facts, this.#state.facts) : null;
    const step = stepReplica(this.#state, message);
    if ('resync' in step) return step.resync;
    this.#state = step.state;
    if (message.type === 'snapshot-begin') this.#snapshotAsOf = message.as_of;
    switch (step.effect.kind) {
      case 'swapped':
        this.#asOf = this.#snapshotAsOf;
        this.#freshness.confirm(this.#asOf, sinceMs);
        this.#watchAge();
        this.#tell({ kind: 'swapped' }, sinceMs);
        break;
      case 'changed':
        if (touched !== null) this.#tell({ kind: 'changed', touched }, sinceMs);
        break;
      case 'current':
        if (message.type === 'heartbeat' && time === 'taken') {
          this.#asOf = Math.max(this.#asOf, message.as_of);
          this.#freshness.confirm(message.as_of, sinceMs);
        }
        this.#watchAge();
        break;
      case 'waiting':
        break;
    }
    for (const take of this.#takers) take(message);
    return null;
  }

  stop(): void {
    if (this.#staleTimer !== null) clearTimeout(this.#staleTimer);
    this.#staleTimer = null;
  }

  get #isStale(): boolean {
    return this.#freshness.isStale || this.#clock.isInDoubt;
  }

  #hearTime(message: FeedMessage, receivedMs: number): 'taken' | 'went-back' | 'went-ahead' {
    if (message.type !== 'hello' && message.type !== 'heartbeat') return 'taken';
    const { server_time: serverMs } = message;
    if (!this.#freshness.hear(serverMs)) return 'went-back';
    const askedMs = message.type === 'hello' ? this.#askedMs : null;
    // Of a clock that was set ahead nobody knows by how much the message is late: the next one confirms.
    return this.#clock.hear({ serverMs, receivedMs, askedMs }) === 'ahead' ? 'went-ahead' : 'taken';
  }

  /** Looks when the facts can be too old at the earliest, and again whenever time is not what it was. */
  #watchAge(): void {
    if (this.#state.facts === null) return;
    if (this.#staleTimer !== null) clearTimeout(this.#staleTimer);
    const waitMs = Math.min(this.#freshness.remainingMs, this.#clock.msUntilDoubt);
    this.#staleTimer = setTimeout(() => {
      this.#staleTimer = null;
      if (this.#isStale) this.#tell({ kind: 'stale' }, this.#clock.steady());
      else this.#watchAge();
    }, waitMs + 1);
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
