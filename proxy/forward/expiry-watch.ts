import type { Clock } from '../../core/process/clock.ts';

/** The longest wait at a stretch: `setTimeout` overflows at 2^31 ms. */
const MAX_WAIT_MS = 30_000;

export interface Rider {
  /** When the first of what it rides on ends, in milliseconds since the epoch; null: no end to wait for. */
  expiresAt: number | null;
}

/**
 * Calls back with each rider whose time has just ended: never before its last millisecond is over.
 *
 * One timer for the first end of all, and a look at all riders when it comes. So a rider that leaves before, as nearly
 * every request does, has cost a comparison.
 */
export class ExpiryWatch<One extends Rider> {
  readonly #clock: Clock;
  readonly #riders: () => readonly One[];
  readonly #onExpiry: (rider: One, atMs: number) => void;
  #first = Infinity;
  #timer: NodeJS.Timeout | null = null;

  /** @param riders all there are now */
  constructor(clock: Clock, riders: () => readonly One[], onExpiry: (rider: One, atMs: number) => void) {
    this.#clock = clock;
    this.#riders = riders;
    this.#onExpiry = onExpiry;
  }

  watch(rider: One, atMs: number | null): void {
    rider.expiresAt = atMs;
    if (atMs !== null && atMs < this.#first) this.#arm(atMs);
  }

  /** When it is later than timers have counted: a machine that slept, a control plane that is ahead of what was thought. */
  look(): void {
    if (this.#timer !== null) this.#fire();
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#first = Infinity;
  }

  #arm(atMs: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#first = atMs;
    const wait = Math.min(MAX_WAIT_MS, Math.max(1, atMs - this.#clock()));
    this.#timer = setTimeout(() => this.#fire(), wait);
    this.#timer.unref();
  }

  #fire(): void {
    this.stop();
    const nowMs = this.#clock();
    // A list of its own: whoever is called back may leave the other one.
    const due = this.#riders().filter(({ expiresAt }) => expiresAt !== null && expiresAt <= nowMs);
    for (const rider of due) {
      const { expiresAt } = rider;
      rider.expiresAt = null;
      if (expiresAt !== null) this.#onExpiry(rider, expiresAt);
    }
    let first = Infinity;
    for (const { expiresAt } of this.#riders()) if (expiresAt !== null && expiresAt < first) first = expiresAt;
    if (first < this.#first) this.#arm(first);
  }
}
