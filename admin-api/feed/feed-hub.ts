import type { Fact } from '../../core/feed/fact.ts';
import type { Clock } from '../../core/process/clock.ts';
import type { Logger } from '../../core/process/logger.ts';
import type { Knex } from '../db/knex.ts';
import { readFeedHead, type FeedHead } from './read-snapshot.ts';

export interface FeedChange {
  readonly revision: number;
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
  #head: FeedHead = { epoch: '', revision: 0 };
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

  /** When the database last answered, in milliseconds since the epoch. */
  get readAtMs(): number {
    return this.#readAtMs;
  }

  get size(): number {
    return this.#subscribers.size;
  }

  async start(): Promise<void> {
    this.#head = await readFeedHead(this.#knex);
    this.#readAtMs = this.#clock();
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
      const changes: FeedChange[] = await this.#knex('feed_changes')
        .select('revision', 'facts')
        .where('revision', '>', this.#head.revision)
        .orderBy('revision')
        .limit(BATCH);
      this.#readAtMs = this.#clock();
      if (changes.length === 0) break;
      for (const change of changes) {
        if (change.revision !== this.#head.revision + 1) {
          await this.#beginAnew(`revision ${change.revision} follows ${this.#head.revision}`);
          return;
        }
        this.#head = { epoch: this.#head.epoch, revision: change.revision };
        for (const subscriber of this.#subscribers) subscriber.change(change);
      }
      if (changes.length < BATCH) break;
    }
  }

  /** Compares with the database, for what no change row tells: an epoch that changed under a running process. */
  async checkEpoch(): Promise<void> {
    const head = await readFeedHead(this.#knex);
    if (head.epoch !== this.#head.epoch || head.revision < this.#head.revision) await this.#beginAnew('a new epoch');
  }

  async #beginAnew(reason: string): Promise<void> {
    this.#logger.warn({ reason }, 'the feed has a new history; sidecars resync');
    this.endAll(reason);
    this.#head = await readFeedHead(this.#knex);
  }
}
