import { describe, expect, it } from '@jest/globals';
import { Freshness } from '../../../proxy/facts/freshness.ts';

describe('the age of facts', () => {
  const start = () => {
    const time = { now: 1_000 };
    const freshness = new Freshness(100, () => time.now);
    freshness.startConnection();
    return { time, freshness };
  };

  it('is endless before anything was confirmed', () => {
    const { freshness } = start();
    expect([freshness.ageMs, freshness.isStale, freshness.remainingMs]).toEqual([Infinity, true, 0]);
  });

  it('counts from the confirmation and ends at the bound', () => {
    const { time, freshness } = start();
    freshness.hear(50_000);
    freshness.confirm(50_000);
    time.now += 100;
    expect([freshness.ageMs, freshness.isStale, freshness.remainingMs]).toEqual([100, false, 0]);
    time.now += 1;
    expect(freshness.isStale).toBe(true);
  });

  it('does not take a heartbeat that sat in a buffer for a new one', () => {
    const { time, freshness } = start();
    freshness.hear(50_000);
    freshness.confirm(50_000);
    time.now += 500;
    // Sent 10 ms after the first, read 500 ms after it.
    freshness.hear(50_010);
    freshness.confirm(50_010);
    expect(freshness.ageMs).toBe(490);
    expect(freshness.isStale).toBe(true);
  });

  it('is not fooled by a sender whose clock is ahead or behind', () => {
    for (const serverTime of [0, 10_000_000]) {
      const { time, freshness } = start();
      freshness.hear(serverTime);
      freshness.confirm(serverTime);
      time.now += 50;
      freshness.hear(serverTime + 50);
      freshness.confirm(serverTime + 50);
      expect(freshness.ageMs).toBe(0);
    }
  });

  it('never gets younger than now, and an older confirmation takes nothing back', () => {
    const { time, freshness } = start();
    freshness.hear(100);
    freshness.confirm(1_000_000);
    expect(freshness.ageMs).toBe(0);
    time.now += 10;
    freshness.confirm(0);
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
