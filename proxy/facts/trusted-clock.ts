import { ServerTime, type HeardTime } from '../../core/feed/server-time.ts';
import type { ProxyLimits } from '../config.ts';
import { SteadyClock, SYSTEM_TIME, type TimeSources } from './steady-clock.ts';

/** The machine may have slept: nothing here moves a timer forward but a look from time to time. */
const LOOK_EVERY_MS = 1_000;

export type ClockEvent = 'jumped' | 'doubt';

type ClockLimits = Pick<ProxyLimits, 'clock_skew_ms' | 'clock_settle_ms'>;

/**
 * The time decisions are made by: the control plane's, kept by a clock that can't be set. What is done to the wall clock of
 * this machine changes nothing, but for one case: when it runs ahead, the machine may have stood still without knowing.
 * Then the control plane is asked; as long as it does not answer, `isInDoubt`, and facts of unknown age are not trusted.
 */
export class TrustedClock {
  readonly #sources: TimeSources;
  readonly #limits: ClockLimits;
  readonly #steady: SteadyClock;
  readonly #time: ServerTime;
  readonly #listeners: ((event: ClockEvent) => void)[] = [];
  #doubtSince: number | null = null;
  #hasGoneBack = false;
  #look: NodeJS.Timeout | null = null;

  constructor(limits: ClockLimits, sources: TimeSources = SYSTEM_TIME) {
    this.#sources = sources;
    this.#limits = limits;
    this.#steady = new SteadyClock(sources);
    this.#time = new ServerTime(sources.wall(), this.#steady.now(), limits.clock_skew_ms);
    this.#steady.onEvent((what) => {
      // Heard from within a reading of the clock: what listeners do about it may read it again.
      if (what === 'doubt') this.#doubtSince ??= this.#steady.now();
      queueMicrotask(() => this.#tell(what === 'doubt' ? 'doubt' : 'jumped'));
    });
  }

  /** `jumped`: it is later than timers have counted. `doubt`: the control plane must be asked for the time. */
  onEvent(listener: (event: ClockEvent) => void): void {
    this.#listeners.push(listener);
  }

  start(): void {
    this.#look = setInterval(() => this.#steady.now(), LOOK_EVERY_MS);
    this.#look.unref();
  }

  stop(): void {
    if (this.#look !== null) clearInterval(this.#look);
  }

  /** The latest that it can be on the control plane, in whole milliseconds since the epoch. Never goes back. */
  readonly now = (): number => Math.floor(this.#time.now(this.#steady.now()));

  /** For durations: counts every millisecond once. Its zero means nothing. */
  readonly steady = (): number => this.#steady.now();

  /** The earliest steady moment at which the control plane's clock can have shown `serverMs`. */
  steadyWhen(serverMs: number): number {
    return this.#time.steadyWhen(serverMs);
  }

  hear(heard: HeardTime): 'taken' | 'ahead' | 'back' {
    const before = this.now();
    const outcome = this.#time.hear(heard);
    if (outcome === 'back') this.#hasGoneBack = true;
    // Only what was asked after the doubt arose knows of the time since.
    if (this.#doubtSince !== null && heard.askedMs !== null && heard.askedMs >= this.#doubtSince) {
      this.#doubtSince = null;
    }
    if (this.now() > before + 1) this.#tell('jumped');
    // It may be a message that waited for longer than its sender's clock was set ahead.
    if (outcome === 'ahead' && heard.askedMs === null) this.#tell('doubt');
    return outcome;
  }

  /** The wall clock ran ahead, and there has been no answer since. */
  get hasDoubt(): boolean {
    return this.#doubtSince !== null;
  }

  /** Nobody knows how much time has passed: the wall clock ran ahead and the control plane has not answered since. */
  get isInDoubt(): boolean {
    return this.#doubtSince !== null && this.#steady.now() - this.#doubtSince > this.#limits.clock_settle_ms;
  }

  /** Infinity while there is none. */
  get msUntilDoubt(): number {
    if (this.#doubtSince === null) return Infinity;
    return Math.max(0, this.#doubtSince + this.#limits.clock_settle_ms - this.#steady.now());
  }

  /** Between the earliest and the latest that it can be on the control plane: what a grant may lose at its end. */
  get uncertaintyMs(): number {
    const steadyMs = this.#steady.now();
    return Math.max(0, this.#time.latest(steadyMs) - this.#time.earliest(steadyMs));
  }

  /** The wall clock of this machine less the control plane's; null before that was heard. */
  get skewMs(): number | null {
    if (!this.#time.isHeard) return null;
    const steadyMs = this.#steady.now();
    return this.#sources.wall() - (this.#time.latest(steadyMs) + this.#time.earliest(steadyMs)) / 2;
  }

  /** What the operator should see to. */
  get warnings(): readonly string[] {
    const warnings: string[] = [];
    const { skewMs } = this;
    if (skewMs !== null && Math.abs(skewMs) - this.uncertaintyMs / 2 > this.#limits.clock_skew_ms) {
      const direction = skewMs > 0 ? 'ahead of' : 'behind';
      const text = `this machine's clock is ${Math.round(Math.abs(skewMs))} ms ${direction} the control plane's`;
      warnings.push(`${text}, more than clock_skew_ms; decisions go by the control plane's`);
    }
    if (this.#hasGoneBack) {
      const aheadMs = this.now() - this.#time.latest(this.#steady.now());
      if (aheadMs > 1) {
        warnings.push(
          `the control plane's clock went back; time stands still here for ${Math.round(aheadMs)} ms more, or until a restart`,
        );
      } else this.#hasGoneBack = false;
    }
    return warnings;
  }

  #tell(event: ClockEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
