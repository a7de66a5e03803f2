import { uptime } from 'node:os';
import { systemClock, type Clock } from '../../core/process/clock.ts';

/** Milliseconds of a clock that never goes back; its zero means nothing. */
export type MonotonicClock = () => number;

/** Where time comes from. Tests bring their own. */
export interface TimeSources {
  readonly wall: Clock;
  readonly monotonic: MonotonicClock;
  /** Since the machine was started, its sleep included, in milliseconds and at least every 10 ms. */
  readonly uptime: MonotonicClock;
}

export const SYSTEM_TIME: TimeSources = {
  wall: systemClock,
  monotonic: () => performance.now(),
  uptime: () => uptime() * 1000,
};

/** How far the wall clock runs ahead before it is asked why. NTP corrects less than that without a step. */
const GAP_MS = 500;
/** /proc/uptime counts hundredths of a second. */
const UPTIME_GRAIN_MS = 10;

/**
 * A clock that counts every millisecond once, those in which the machine slept too, whatever is done to the wall clock.
 *
 * Linux stops CLOCK_MONOTONIC while the machine is suspended; the wall clock is then ahead of it, and the uptime tells
 * the sleep from a wall clock that somebody set. A machine that was stopped whole (a paused virtual machine) knows nothing
 * of it until its wall clock is set: that can't be told from a step, and is told to whoever listens as a doubt.
 */
export class SteadyClock {
  readonly #sources: TimeSources;
  readonly #listeners: ((what: 'slept' | 'doubt') => void)[] = [];
  #sleptMs = 0;
  /** Wall clock less monotonic clock, at the least since it was last looked into. */
  #offset: number;
  #uptimeOffset: number;

  constructor(sources: TimeSources = SYSTEM_TIME) {
    this.#sources = sources;
    const monotonic = sources.monotonic();
    this.#offset = sources.wall() - monotonic;
    this.#uptimeOffset = sources.uptime() - monotonic;
  }

  /** `slept`: time has passed that timers did not count. `doubt`: the wall clock ran ahead, and nobody here knows why. */
  onEvent(listener: (what: 'slept' | 'doubt') => void): void {
    this.#listeners.push(listener);
  }

  now(): number {
    const monotonic = this.#sources.monotonic();
    const offset = this.#sources.wall() - monotonic;
    if (offset < this.#offset) this.#offset = offset;
    else if (offset - this.#offset > GAP_MS) this.#askWhy(monotonic, offset);
    return monotonic + this.#sleptMs;
  }

  #askWhy(monotonic: number, offset: number): void {
    const gapMs = offset - this.#offset;
    this.#offset = offset;
    const uptimeOffset = this.#sources.uptime() - monotonic;
    const sleptMs = uptimeOffset - this.#uptimeOffset;
    const hasSlept = sleptMs > 2 * UPTIME_GRAIN_MS;
    if (hasSlept) {
      this.#sleptMs += sleptMs + UPTIME_GRAIN_MS;
      this.#uptimeOffset = uptimeOffset;
      this.#tell('slept');
    }
    if (gapMs - (hasSlept ? sleptMs : 0) > GAP_MS) this.#tell('doubt');
  }

  #tell(what: 'slept' | 'doubt'): void {
    for (const listener of this.#listeners) listener(what);
  }
}
