import type { Exchange } from './exchange.ts';

export interface StillnessLimits {
  /** From the end of a request to the headers of its answer, and between interim answers. */
  readonly answerMs: number;
  /** Between two pieces of an answer's body; 0: as long as it likes. */
  readonly bodyMs: number;
}

const MIN_SWEEP_MS = 10;
const MAX_SWEEP_MS = 1_000;
const SWEEPS_PER_LIMIT = 8;

/**
 * Ends exchanges whose upstream stands still while something is owed. One timer that looks at all of them now and then, so
 * that a request sets none: it comes late by one look at the most, and never early.
 */
export class StillnessWatch {
  readonly #limits: StillnessLimits;
  readonly #exchanges: () => Iterable<Exchange>;
  readonly #timer: NodeJS.Timeout;

  /** @param exchanges all that are under way */
  constructor(limits: StillnessLimits, exchanges: () => Iterable<Exchange>) {
    this.#limits = limits;
    this.#exchanges = exchanges;
    const shortest = Math.min(limits.answerMs, limits.bodyMs === 0 ? Infinity : limits.bodyMs);
    const everyMs = Math.max(MIN_SWEEP_MS, Math.min(MAX_SWEEP_MS, shortest / SWEEPS_PER_LIMIT));
    this.#timer = setInterval(() => this.#sweep(performance.now()), everyMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #sweep(nowMs: number): void {
    // A list of its own: whoever is ended leaves the other one.
    for (const exchange of Array.from(this.#exchanges())) {
      const { owed, activity } = exchange;
      const limitMs = owed === 'answer' ? this.#limits.answerMs : owed === 'body' ? this.#limits.bodyMs : 0;
      if (limitMs === 0 || exchange.seenActivity !== activity) {
        exchange.seenActivity = activity;
        exchange.stillSinceMs = nowMs;
      } else if (nowMs - exchange.stillSinceMs >= limitMs) exchange.timeOut();
    }
  }
}
