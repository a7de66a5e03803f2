import { CLOCK_STEP_MS } from '../../core/feed/server-time.ts';

/** What the age of facts is measured by; `TrustedClock` is it. */
export interface FreshnessClock {
  steady(): number;
  steadyWhen(serverMs: number): number;
}

/**
 * How old the facts are: the time since the control plane was last known to hold nothing newer.
 *
 * A confirmation counts from the earliest moment at which it can have been made, not from when it was read: one that sat
 * in a buffer, however long and on whichever side, says nothing about now.
 */
export class Freshness {
  readonly #maxAgeMs: number;
  readonly #clock: FreshnessClock;
  #lastServerTime = 0;
  #confirmedAt: number | null = null;
  /** Known from elsewhere, before the control plane was heard: what moment it was is looked up anew while that is so. */
  #unheardMs: number | null = null;

  constructor(maxAgeMs: number, clock: FreshnessClock) {
    this.#maxAgeMs = maxAgeMs;
    this.#clock = clock;
  }

  startConnection(): void {
    this.#lastServerTime = 0;
  }

  /** @returns false when the sender's clock went back within one connection, so that its times can't be compared any more */
  hear(serverTimeMs: number): boolean {
    if (serverTimeMs < this.#lastServerTime - CLOCK_STEP_MS) return false;
    this.#lastServerTime = Math.max(this.#lastServerTime, serverTimeMs);
    return true;
  }

  /** The facts held are those of the sender's `serverTimeMs`. @param heardMs steady time at which that was read here */
  confirm(serverTimeMs: number, heardMs: number): void {
    const at = Math.min(heardMs, this.#clock.steadyWhen(serverTimeMs));
    this.#confirmedAt = this.#confirmedAt === null ? at : Math.max(this.#confirmedAt, at);
    this.#unheardMs = null;
  }

  /** The facts held are those of the control plane's `serverTimeMs`, as somebody noted who had heard it. */
  confirmUnheard(serverTimeMs: number): void {
    this.#unheardMs = serverTimeMs;
  }

  /** Milliseconds; Infinity before anything was confirmed. */
  get ageMs(): number {
    if (this.#unheardMs !== null) return Math.max(0, this.#clock.steady() - this.#clock.steadyWhen(this.#unheardMs));
    return this.#confirmedAt === null ? Infinity : this.#clock.steady() - this.#confirmedAt;
  }

  get isStale(): boolean {
    return this.ageMs > this.#maxAgeMs;
  }

  /** Until the facts get stale if nothing is heard; 0 when they are. */
  get remainingMs(): number {
    return Math.max(0, this.#maxAgeMs - this.ageMs);
  }
}
