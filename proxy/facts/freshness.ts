/** Milliseconds of a clock that never goes back; its zero means nothing. */
export type MonotonicClock = () => number;

/** A step back of the sender's clock that is more than the rounding of its milliseconds. */
const STEP_BACK_MS = 1_000;

/**
 * How old the facts are: the time since the control plane was last known to hold nothing newer.
 *
 * A confirmation counts from when it was sent, not from when it was read: one that sat in a buffer while this process
 * stood still says nothing about now. The delay is judged against the fastest message of the same connection.
 */
export class Freshness {
  readonly #maxAgeMs: number;
  readonly #now: MonotonicClock;
  /** Our clock minus the sender's, at the least seen on this connection. */
  #offsetMs: number | null = null;
  #lastServerTime = 0;
  #confirmedAt: number | null = null;

  constructor(maxAgeMs: number, now: MonotonicClock) {
    this.#maxAgeMs = maxAgeMs;
    this.#now = now;
  }

  startConnection(): void {
    this.#offsetMs = null;
    this.#lastServerTime = 0;
  }

  /** @returns false when the sender's clock went back, so that its times can't be compared any more */
  hear(serverTimeMs: number): boolean {
    if (serverTimeMs < this.#lastServerTime - STEP_BACK_MS) return false;
    this.#lastServerTime = Math.max(this.#lastServerTime, serverTimeMs);
    const offset = this.#now() - serverTimeMs;
    this.#offsetMs = this.#offsetMs === null ? offset : Math.min(this.#offsetMs, offset);
    return true;
  }

  /** The facts held are those of the sender's `serverTimeMs`. */
  confirm(serverTimeMs: number): void {
    if (this.#offsetMs === null) return;
    const at = Math.min(this.#now(), serverTimeMs + this.#offsetMs);
    this.#confirmedAt = this.#confirmedAt === null ? at : Math.max(this.#confirmedAt, at);
  }

  /** Milliseconds; Infinity before anything was confirmed. */
  get ageMs(): number {
    return this.#confirmedAt === null ? Infinity : this.#now() - this.#confirmedAt;
  }

  get isStale(): boolean {
    return this.ageMs > this.#maxAgeMs;
  }

  /** Until the facts get stale if nothing is heard; 0 when they are. */
  get remainingMs(): number {
    return Math.max(0, this.#maxAgeMs - this.ageMs);
  }
}
