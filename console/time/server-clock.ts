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
  /** The local clock was moved, or stood still: the next reading counts, however slow its answer was. */
  doubt(): void;
}

/** The server's offset, and by how much that may be wrong: half of the time that the answer took. */
interface Offset {
  readonly ms: number;
  readonly uncertainMs: number;
}

/**
 * The server's time on a browser whose own clock may be wrong. The answer is taken to have been written halfway between
 * question and arrival, so that a slow answer says little: it is only taken where it rules out what a faster one said
 * before (the idea of NTP's clock filter, RFC 5905, section 10). A grant ends by the server's clock, so a countdown has to
 * run on it as well.
 */
export function createServerClock(localNowMs: () => number): ServerClock {
  let known: Offset | null = null;
  return {
    nowMs: () => localNowMs() + (known?.ms ?? 0),
    observe: ({ serverTimeMs, sentAtMs, receivedAtMs }) => {
      if (!Number.isFinite(serverTimeMs) || receivedAtMs < sentAtMs) return;
      const read = {
        ms: serverTimeMs - (sentAtMs + receivedAtMs) / 2,
        uncertainMs: (receivedAtMs - sentAtMs) / 2,
      };
      if (known === null || read.uncertainMs <= known.uncertainMs || !agree(read, known)) known = read;
    },
    doubt: () => {
      known = known === null ? null : { ...known, uncertainMs: Number.MAX_SAFE_INTEGER };
    },
  };
}

function agree(a: Offset, b: Offset): boolean {
  return Math.abs(a.ms - b.ms) <= a.uncertainMs + b.uncertainMs;
}

export const serverClock = createServerClock(Date.now);
