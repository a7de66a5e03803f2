import type { Clock } from '../../core/process/clock.ts';

/**
 * The longest wait at a stretch. `setTimeout` overflows at 2^31 ms, and it does not follow the wall clock by which grants
 * end: after a step of that clock, this is how late a cut can be.
 */
const MAX_WAIT_MS = 30_000;

interface Deadline<Rider> {
  readonly atMs: number;
  readonly riders: Set<Rider>;
  timer: NodeJS.Timeout;
}

/** Calls back with the riders whose grant has just ended: never before its last millisecond is over. */
export class ExpiryWatch<Rider> {
  readonly #clock: Clock;
  readonly #onExpiry: (riders: readonly Rider[], atMs: number) => void;
  /** One timer for all that ride on grants with the same end, which mostly is one and the same grant. */
  readonly #deadlines = new Map<number, Deadline<Rider>>();
  readonly #deadlineOf = new Map<Rider, Deadline<Rider>>();

  constructor(clock: Clock, onExpiry: (riders: readonly Rider[], atMs: number) => void) {
    this.#clock = clock;
    this.#onExpiry = onExpiry;
  }

  /** @param atMs milliseconds since the epoch; null: no end to wait for */
  watch(rider: Rider, atMs: number | null): void {
    const before = this.#deadlineOf.get(rider);
    if (before?.atMs === atMs) return;
    if (before !== undefined) this.forget(rider);
    if (atMs === null) return;
    let deadline = this.#deadlines.get(atMs);
    if (deadline === undefined) {
      deadline = { atMs, riders: new Set(), timer: this.#arm(atMs) };
      this.#deadlines.set(atMs, deadline);
    }
    deadline.riders.add(rider);
    this.#deadlineOf.set(rider, deadline);
  }

  /** Leaves the timer alone: the next request on the same grant is likely, and a timer that fires for nobody costs little. */
  forget(rider: Rider): void {
    this.#deadlineOf.get(rider)?.riders.delete(rider);
    this.#deadlineOf.delete(rider);
  }

  stop(): void {
    for (const deadline of this.#deadlines.values()) clearTimeout(deadline.timer);
    this.#deadlines.clear();
    this.#deadlineOf.clear();
  }

  #arm(atMs: number): NodeJS.Timeout {
    const wait = Math.min(MAX_WAIT_MS, Math.max(1, atMs - this.#clock()));
    const timer = setTimeout(() => this.#fire(atMs), wait);
    timer.unref();
    return timer;
  }

  #fire(atMs: number): void {
    const deadline = this.#deadlines.get(atMs);
    if (deadline === undefined) return;
    if (this.#clock() < atMs && deadline.riders.size > 0) {
      deadline.timer = this.#arm(atMs);
      return;
    }
    this.#deadlines.delete(atMs);
    if (deadline.riders.size === 0) return;
    const riders = [...deadline.riders];
    for (const rider of riders) this.#deadlineOf.delete(rider);
    this.#onExpiry(riders, atMs);
  }
}
