/** What two clocks of this computer said at the same moment. */
export interface ClockPair {
  /** The one people set: `Date.now()`. */
  readonly wallMs: number;
  /** The one nobody can set, and which some systems stop while they sleep: `performance.now()`. */
  readonly steadyMs: number;
}

/** More than timers, rounding and a slow correction of the clock come to. */
const TOLERATED_MS = 1_500;

/** Whether the clock was moved, or the computer slept, between two looks at both. */
export function clocksParted(before: ClockPair, now: ClockPair): boolean {
  return Math.abs(now.wallMs - before.wallMs - (now.steadyMs - before.steadyMs)) > TOLERATED_MS;
}
