import type { TimeSources } from '../../../proxy/facts/steady-clock.ts';

/** The clocks of a machine to which things happen. */
export class TestTime implements TimeSources {
  /** Set: these and not the system's; they move by `pass` alone. */
  readonly #isFrozen: boolean;
  #wall: number;
  #monotonic: number;
  #uptime: number;

  constructor(frozenAt: number | null = null) {
    this.#isFrozen = frozenAt !== null;
    this.#wall = frozenAt ?? 0;
    this.#monotonic = frozenAt === null ? 0 : 1_000;
    this.#uptime = frozenAt === null ? 0 : 500_000;
  }

  readonly wall = (): number => this.#wall + (this.#isFrozen ? 0 : Date.now());
  readonly monotonic = (): number => this.#monotonic + (this.#isFrozen ? 0 : performance.now());
  readonly uptime = (): number => this.#uptime + (this.#isFrozen ? 0 : performance.now());

  pass(ms: number): void {
    this.#wall += ms;
    this.#monotonic += ms;
    this.#uptime += ms;
  }

  /** Somebody sets the wall clock. */
  step(ms: number): void {
    this.#wall += ms;
  }

  /** The machine was suspended: on Linux the monotonic clock has not counted it. */
  sleep(ms: number): void {
    this.#wall += ms;
    this.#uptime += ms;
  }
}
