import { describe, expect, it } from '@jest/globals';
import { ServerTime } from '../../../core/feed/server-time.ts';
import { Freshness } from '../../../proxy/facts/freshness.ts';

const START = 1_800_000_000_000;

describe('the age of facts', () => {
  /** Steady time begins at 1,000; the control plane, asked at 990, said `START`. */
  const start = () => {
    const time = { now: 1_000 };
    const server = new ServerTime(0, 0, 0);
    server.hear({ serverMs: START, receivedMs: 1_000, askedMs: 990 });
    const freshness = new Freshness(100, { steady: () => time.now, steadyWhen: (ms) => server.steadyWhen(ms) });
    freshness.startConnection();
    const say = (serverMs: number) => {
      freshness.hear(serverMs);
      freshness.confirm(serverMs, time.now);
    };
    return { time, freshness, say };
  };

  it('is endless before anything was confirmed', () => {
    const { freshness } = start();
    expect([freshness.ageMs, freshness.isStale, freshness.remainingMs]).toEqual([Infinity, true, 0]);
  });

  it('counts from when the confirmation was made at the earliest, and ends at the bound', () => {
    const { time, freshness, say } = start();
    say(START);
    expect(freshness.ageMs).toBeCloseTo(11, 1);
    time.now += 88;
    expect(freshness.isStale).toBe(false);
    time.now += 2;
    expect([freshness.isStale, freshness.remainingMs]).toEqual([true, 0]);
  });

  it('does not take a heartbeat that sat in a buffer for a new one, were it the first of its connection', () => {
    const { time, freshness, say } = start();
    time.now += 500;
    say(START + 10);
    expect(freshness.ageMs).toBeCloseTo(501, 0);
    expect(freshness.isStale).toBe(true);
  });

  it('does not take one that was read late for one that was made late', () => {
    const { time, freshness } = start();
    time.now += 500;
    freshness.confirm(START + 495, 1_400);
    expect(freshness.ageMs).toBe(100);
  });

  it('never gets younger than now, and an older confirmation takes nothing back', () => {
    const { time, freshness, say } = start();
    say(START + 1_000_000);
    expect(freshness.ageMs).toBe(0);
    time.now += 10;
    say(START);
    expect(freshness.ageMs).toBe(10);
  });

  it('wants a new connection when the clock of the sender goes back', () => {
    const { freshness } = start();
    expect(freshness.hear(50_000)).toBe(true);
    expect(freshness.hear(49_500)).toBe(true);
    expect(freshness.hear(40_000)).toBe(false);
    freshness.startConnection();
    expect(freshness.hear(40_000)).toBe(true);
  });
});
