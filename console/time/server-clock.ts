export interface ClockReading {
  /** What the server's clock said, ms since the epoch. */
  readonly serverTimeMs: number;
  /** Local clock when the question left and when the answer came. */
  readonly sentAtMs: number;
  readonly receivedAtMs: number;
}

export interface ServerClock {
  /** Now, as the server counts it, ms since the epoch. */
  nowMs(): number;
  observe(reading: ClockReading): void;
}

/**
 * The server's time on a browser whose own clock may be wrong. The answer is taken to have been written halfway
 * between question and arrival. A grant ends by the server's clock, so a countdown has to run on it as well.
 */
export function createServerClock(localNowMs: () => number): ServerClock {
  let offsetMs = 0;
  return {
    nowMs: () => localNowMs() + offsetMs,
    observe: ({ serverTimeMs, sentAtMs, receivedAtMs }) => {
      if (!Number.isFinite(serverTimeMs) || receivedAtMs < sentAtMs) return;
      offsetMs = serverTimeMs - (sentAtMs + receivedAtMs) / 2;
    },
  };
}

export const serverClock = createServerClock(Date.now);
