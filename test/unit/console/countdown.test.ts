import { describe, expect, it } from '@jest/globals';
import { endsSoon, formatCountdown, shareLeft } from '../../../console/time/countdown.ts';
import { createServerClock } from '../../../console/time/server-clock.ts';
import { warningTime } from '../../../core/access/grant.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('the countdown', () => {
  it.each([
    [3 * DAY + 4 * HOUR + 5 * MINUTE, '3 d 4 h'],
    [DAY, '1 d 0 h'],
    [DAY - SECOND, '23 h 59 min'],
    [HOUR, '1 h 00 min'],
    [HOUR - SECOND, '59:59'],
    [61 * SECOND, '01:01'],
    [SECOND, '00:01'],
  ])('writes %d ms as %s', (remaining, words) => {
    expect(formatCountdown(remaining)).toBe(words);
  });

  it('shows 00:00 at the end, not a part of a second before it', () => {
    expect(formatCountdown(1)).toBe('00:01');
    expect(formatCountdown(0)).toBe('00:00');
    expect(formatCountdown(-5 * MINUTE)).toBe('00:00');
  });

  it('warns from the very moment at which the holder is warned', () => {
    for (const length of [10 * SECOND, HOUR, 2 * HOUR - SECOND, 2 * HOUR, 4 * HOUR, 7 * DAY]) {
      const starts = 1_000_000;
      const expires = starts + length;
      const warned = warningTime({ starts_at: starts, expires_at: expires })!;
      expect({ length, soon: endsSoon(starts, expires, warned) }).toEqual({ length, soon: true });
      expect({ length, soon: endsSoon(starts, expires, warned - SECOND) }).toEqual({ length, soon: false });
    }
  });

  it('does not call an end soon that is past', () => {
    expect(endsSoon(0, HOUR, HOUR)).toBe(false);
  });

  it('says which share of the time is left, never below none or above all', () => {
    expect(shareLeft(0, 100, 25)).toBe(0.75);
    expect(shareLeft(0, 100, 500)).toBe(0);
    expect(shareLeft(0, 100, -5)).toBe(1);
    expect(shareLeft(100, 100, 100)).toBe(0);
  });
});

describe('the server clock', () => {
  it('runs on the local clock until the server has said the time', () => {
    expect(createServerClock(() => 42).nowMs()).toBe(42);
  });

  it('takes the answer to have been written halfway, and follows the local clock from there', () => {
    let local = 1_000;
    const clock = createServerClock(() => local);
    clock.observe({ serverTimeMs: 500_000, sentAtMs: 1_000, receivedAtMs: 1_200 });
    local = 1_100;
    expect(clock.nowMs()).toBe(500_000);
    local += 3 * HOUR;
    expect(clock.nowMs()).toBe(500_000 + 3 * HOUR);
  });

  it('keeps what it knew when a reading makes no sense', () => {
    const clock = createServerClock(() => 0);
    clock.observe({ serverTimeMs: 77, sentAtMs: 0, receivedAtMs: 0 });
    clock.observe({ serverTimeMs: Number.NaN, sentAtMs: 0, receivedAtMs: 0 });
    clock.observe({ serverTimeMs: 99, sentAtMs: 50, receivedAtMs: 0 });
    expect(clock.nowMs()).toBe(77);
  });
});
