import { Facts } from '../../core/feed/facts.ts';
import type { Knex } from '../db/knex.ts';
import type { FeedChange } from './feed-hub.ts';
import { readFeedHead, readSnapshot, type FeedHead } from './read-snapshot.ts';

/** Changes read at once. */
const BATCH = 500;
/** Facts put into a new replica at a stretch; a hundred thousand at once would hold up every other request. */
const STRIDE = 2_000;

/**
 * The facts as the sidecars have them, in the memory of this process: read when somebody first asks, and brought up to
 * the head of the feed before each question, so that an answer knows of everything that was committed before it was
 * asked for. That is what a sidecar, which must not wait for anybody, can't promise.
 */
export class OwnReplica {
  readonly #knex: Knex;
  #held: (FeedHead & { readonly facts: Facts }) | null = null;
  #running: Promise<Facts> | null = null;
  #queued: Promise<Facts> | null = null;

  constructor(knex: Knex) {
    this.#knex = knex;
  }

  /** null until somebody has asked. */
  get facts(): Facts | null {
    return this.#held?.facts ?? null;
  }

  get revision(): number {
    return this.#held?.revision ?? 0;
  }

  /** Calls while it reads share the next round: the one under way may have looked before their moment. */
  upToDate(): Promise<Facts> {
    this.#queued ??= this.#afterRunning().then(() => {
      this.#queued = null;
      this.#running = this.#catchUp();
      return this.#running;
    });
    return this.#queued;
  }

  async #afterRunning(): Promise<void> {
    try {
      await this.#running;
    } catch {
      // Whoever waited for that round has been told; this one tries for itself.
    }
  }

  async #catchUp(): Promise<Facts> {
    const head = await readFeedHead(this.#knex);
    const held = this.#held;
    if (held === null || held.epoch !== head.epoch || held.revision > head.revision) return this.#begin();
    let { revision, mark } = held;
    if (revision === head.revision && mark !== head.mark) return this.#begin();
    while (revision < head.revision) {
      const changes: FeedChange[] = await this.#knex('feed_changes')
        .select('revision', 'after', 'mark', 'facts')
        .where('revision', '>', revision)
        .orderBy('revision')
        .limit(BATCH);
      // What is older than the feed keeps has been pruned; what follows another change is of a restored backup.
      if (changes[0]?.revision !== revision + 1 || changes[0].after !== mark) return this.#begin();
      for (const change of changes) for (const fact of change.facts) held.facts.apply(fact);
      ({ revision, mark } = changes.at(-1) ?? { revision, mark });
      this.#held = { ...held, revision, mark };
    }
    return held.facts;
  }

  /** Built aside and swapped in whole. */
  async #begin(): Promise<Facts> {
    const { epoch, revision, mark, facts: all } = await readSnapshot(this.#knex);
    const facts = new Facts();
    for (const [place, fact] of all.entries()) {
      if (place % STRIDE === STRIDE - 1) await new Promise((resolve) => setImmediate(resolve));
      facts.apply(fact);
    }
    this.#held = { epoch, revision, mark, facts };
    return facts;
  }
}
