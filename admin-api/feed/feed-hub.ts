import type { Fact } from '../../core/feed/fact.ts';
import type { Clock } from '../../core/process/clock.ts';
import type { Logger } from '../../core/process/logger.ts';
import type { Knex } from '../db/knex.ts';
import { readFeedHead, type FeedHead } from './read-snapshot.ts';

export interface FeedChange {
  readonly revision: number;
  /** Mark of the change before it. */
  readonly after: string;
  readonly mark: string;
  readonly facts: readonly Fact[];
}

export interface FeedSubscriber {
  /** Called in order of revision, once each. */
  change(change: FeedChange): void;
  /** Told when a new history has begun (a restored backup, say): the connection can't go on. */
  end(reason: string): void;
}

/** Changes read at once; a slow reader of many catches up in several rounds. */
const BATCH = 500;

/**
 * Reads each change once per process and hands it to every connected sidecar. Woken after commits, and by a poll, so
 * that a lost wake-up costs a second, not a change.
 */
export class FeedHub {
  readonly #knex: Knex;
  readonly #logger: Logger;
  readonly #subscribers = new Set<FeedSubscriber>();
  readonly #clock: Clock;
  #head: FeedHead = { epoch: '', revision: 0, mark: '' };
  #readAtMs = 0;
  #reading: Promise<void> | null = null;
  #again = false;

  constructor(knex: Knex, clock: Clock, logger: Logger) {
    this.#knex = knex;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** The last change handed out. */
  get head(): FeedHead {
    return this.#head;
  }

  /** When the database was last asked and answered, in milliseconds since the epoch: `head` held nothing newer then. */
  get readAtMs(): number {
    return this.#readAtMs;
  }

  get size(): number {
    return this.#subscribers.size;
  }

  async start(): Promise<void> {
    const askedMs = this.#clock();
    this.#head = await readFeedHead(this.#knex);
    this.#readAtMs = askedMs;
  }

  subscribe(subscriber: FeedSubscriber): () => void {
    this.#subscribers.add(subscriber);
    return () => void this.#subscribers.delete(subscriber);
  }

  /** Ends every stream, so that a server can close. */
  endAll(reason: string): void {
    for (const subscriber of this.#subscribers) subscriber.end(reason);
    this.#subscribers.clear();
  }

  /** Reads what is new. Calls while it reads are folded into one more round. Never rejects. */
  wake(): Promise<void> {
    if (this.#reading !== null) {
      this.#again = true;
      return this.#reading;
    }
    this.#reading = this.#readAll().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  async #readAll(): Promise<void> {
    try {
      do {
        this.#again = false;
        await this.#readNew();
      } while (this.#again);
    } catch (error) {
      this.#logger.warn({ err: error }, 'the feed could not be read; the next wake-up tries again');
    }
  }

  async #readNew(): Promise<void> {
    for (;;) {
      const askedMs = this.#clock();
      const [head, changes] = await Promise.all([readFeedHead(this.#knex), this.#readChanges()]);
      const problem = this.#problemOf(head);
      if (problem !== null) return this.#beginAnew(problem);
      for (const change of changes) {
        if (change.revision !== this.#head.revision + 1 || change.after !== this.#head.mark) {
          return this.#beginAnew(`revision ${change.revision} does not follow ${this.#head.revision}`);
        }
        this.#head = { epoch: this.#head.epoch, revision: change.revision, mark: change.mark };
        for (const subscriber of this.#subscribers) subscriber.change(change);
      }
      if (changes.length === BATCH) continue;
      this.#readAtMs = askedMs;
      return;
    }
  }

  #readChanges(): Promise<FeedChange[]> {
    return this.#knex('feed_changes')
      .select('revision', 'after', 'mark', 'facts')
      .where('revision', '>', this.#head.revision)
      .orderBy('revision')
      .limit(BATCH);
  }

  /** What no change row tells: a history that was replaced under a running process. */
  #problemOf(head: FeedHead): string | null {
    const ours = this.#head;
    if (head.epoch !== ours.epoch) return 'a new epoch';
    const isOurs = head.revision > ours.revision || (head.revision === ours.revision && head.mark === ours.mark);
    return isOurs ? null : `revision ${head.revision} is not what led to ${ours.revision}: restored from a backup?`;
  }

  /** A sidecar stands at a change that is not in this history, though it is of the same epoch. */
  noteForeign(instance: string, position: { readonly revision: number }): void {
    this.#logger.error(
      { sidecar: instance, sidecar_revision: position.revision, revision: this.#head.revision },
      'a sidecar knows another history of this epoch: was the database restored from a backup? Run npm run feed:new-epoch',
    );
  }

  async #beginAnew(reason: string): Promise<void> {
    this.#logger.warn({ reason }, 'the feed has a new history; sidecars resync');
    this.endAll(reason);
    const askedMs = this.#clock();
    this.#head = await readFeedHead(this.#knex);
    this.#readAtMs = askedMs;
  }
}
