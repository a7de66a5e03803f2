/** What a control plane said of its clock, in milliseconds; `receivedMs` and `askedMs` are times of a steady clock of ours. */
export interface HeardTime {
  /** Milliseconds since the epoch, by the sender's clock. */
  readonly serverMs: number;
  readonly receivedMs: number;
  /** When the question was sent that this answers; null for what came unasked and may have lain in a buffer. */
  readonly askedMs: number | null;
}

/** Two clocks that showed these at one moment, or at the earliest or latest moment that can be. */
interface Mark {
  readonly serverMs: number;
  readonly steadyMs: number;
}

/** The most by which the rates of two clocks are taken to differ: what NTP slews a running clock by (500 ppm). */
const DRIFT = 0.0005;

/** Further apart than replicas of a control plane may be: its clock was set. */
export const CLOCK_STEP_MS = 1_000;

/**
 * What time it is on the control plane, by which grants end, from what was heard of it and a steady clock of ours.
 *
 * A message says that the sender's clock has reached `serverMs`, however long it travelled: a bound from below. The answer
 * to a question also says that the clock had not passed it when the question was sent: a bound from above, and the two lie
 * apart by no more than the round trip. `now` is the upper one, the latest that can be, so that whatever is not known
 * counts against a grant (Cristian 1989, with the error all on one side).
 *
 * It knows no clock itself. Times given to it may be in any order; the time it gives never goes back, with one exception:
 * until the control plane is heard it goes by the local wall clock, of which nothing is proven.
 */
export class ServerTime {
  #reached: Mark;
  #notPassed: Mark;
  #isHeard = false;
  #given = -Infinity;

  /** @param marginMs how far the local clock may be from the control plane's while that has not been heard */
  constructor(localMs: number, steadyMs: number, marginMs: number) {
    this.#reached = { serverMs: localMs - marginMs, steadyMs };
    this.#notPassed = { serverMs: localMs + marginMs, steadyMs };
  }

  /** Whether the control plane has been heard; before, everything here is a guess by the local clock. */
  get isHeard(): boolean {
    return this.#isHeard;
  }

  /** The time to judge by. Never before one that was given, never before what was heard. */
  now(steadyMs: number): number {
    this.#given = Math.max(this.#given, this.latest(steadyMs), this.earliest(steadyMs));
    return this.#given;
  }

  /** The control plane's clock shows at least this. */
  earliest(steadyMs: number): number {
    const { serverMs, steadyMs: at } = this.#reached;
    return serverMs + (steadyMs - at) * (steadyMs < at ? 1 + DRIFT : 1 - DRIFT);
  }

  /** And at the most this. */
  latest(steadyMs: number): number {
    const { serverMs, steadyMs: at } = this.#notPassed;
    return serverMs + (steadyMs - at) * (steadyMs < at ? 1 - DRIFT : 1 + DRIFT);
  }

  /** The earliest moment of the steady clock at which the control plane's clock can have shown `serverMs`. */
  steadyWhen(serverMs: number): number {
    const ahead = serverMs - this.#notPassed.serverMs;
    return this.#notPassed.steadyMs + ahead / (ahead < 0 ? 1 - DRIFT : 1 + DRIFT);
  }

  /**
   * @returns `ahead` or `back` when the control plane's clock was set by more than its replicas may differ. What was said
   *   before the step can't be compared with what is said after it; `now` stands still until the new time has caught up.
   */
  hear({ serverMs, receivedMs, askedMs }: HeardTime): 'taken' | 'ahead' | 'back' {
    const reached: Mark = { serverMs, steadyMs: receivedMs };
    // Its clock shows whole milliseconds, so what it had not passed is the end of this one.
    const notPassed: Mark | null = askedMs === null ? null : { serverMs: serverMs + 1, steadyMs: askedMs };
    if (!this.#isHeard) {
      this.#isHeard = true;
      this.#given = -Infinity;
      this.#begin(reached, notPassed ?? this.#notPassed);
      return 'taken';
    }
    const beyondMs = serverMs - this.latest(receivedMs);
    if (beyondMs > 0) {
      const widthMs = Math.max(0, this.latest(receivedMs) - this.earliest(receivedMs));
      this.#begin(reached, notPassed ?? { serverMs: serverMs + 1 + widthMs, steadyMs: receivedMs });
      return beyondMs > CLOCK_STEP_MS ? 'ahead' : 'taken';
    }
    if (serverMs > this.earliest(receivedMs)) this.#reached = reached;
    if (notPassed === null) return 'taken';
    const bound = notPassed.serverMs + (receivedMs - notPassed.steadyMs) * (1 + DRIFT);
    if (bound < this.earliest(receivedMs) - CLOCK_STEP_MS) {
      this.#begin(reached, notPassed);
      return 'back';
    }
    // An answer of a replica that is a little behind another proves nothing against what the other has proven.
    if (bound < this.latest(receivedMs) && bound >= this.earliest(receivedMs)) this.#notPassed = notPassed;
    return 'taken';
  }

  #begin(reached: Mark, notPassed: Mark): void {
    this.#reached = reached;
    this.#notPassed = notPassed;
  }
}
