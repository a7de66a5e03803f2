import { describe, expect, it } from '@jest/globals';
import { clocksParted } from '../../../console/time/clock-watch.ts';
import { createServerClock } from '../../../console/time/server-clock.ts';

const at = (wallMs: number, steadyMs: number) => ({ wallMs, steadyMs });

describe('whether the clock was moved or the computer slept', () => {
  it('is seen where the two clocks part', () => {
    expect(clocksParted(at(1_000, 50), at(6_000, 5_050))).toBe(false);
    expect(clocksParted(at(1_000, 50), at(3_601_000, 5_050))).toBe(true);
    expect(clocksParted(at(9_000_000, 50), at(1_000, 5_050))).toBe(true);
  });

  it('is not seen in a late timer, or a clock that is put right by and by', () => {
    expect(clocksParted(at(0, 0), at(61_000, 60_400))).toBe(false);
  });
});

describe('the clock of the server, seen through slow answers', () => {
  /** An answer that took `tookMs`, was written at its beginning or its end, and so reads wrong by half of that. */
  const answer = (offsetMs: number, sentAtMs: number, tookMs: number) => ({
    serverTimeMs: sentAtMs + tookMs + offsetMs,
    sentAtMs,
    receivedAtMs: sentAtMs + tookMs,
  });

  it('is not thrown off by an answer that says less than what is known', () => {
    const clock = createServerClock(() => 0);
    clock.observe(answer(5_000, 1_000, 20));
    clock.observe(answer(5_000, 60_000, 8_000));
    expect(Math.abs(clock.nowMs() - 5_000)).toBeLessThanOrEqual(10);
  });

  it('follows a slow answer that rules out what was known', () => {
    const clock = createServerClock(() => 0);
    clock.observe(answer(5_000, 1_000, 20));
    clock.observe(answer(500_000, 60_000, 200));
    expect(Math.abs(clock.nowMs() - 500_000)).toBeLessThanOrEqual(100);
  });

  it('gets better with every faster answer', () => {
    const clock = createServerClock(() => 0);
    clock.observe(answer(5_000, 1_000, 2_000));
    clock.observe(answer(5_000, 9_000, 10));
    expect(Math.abs(clock.nowMs() - 5_000)).toBeLessThanOrEqual(5);
  });

  it('takes the next answer, however slow, once it is in doubt', () => {
    const clock = createServerClock(() => 0);
    clock.observe(answer(5_000, 1_000, 20));
    clock.doubt();
    expect(Math.abs(clock.nowMs() - 5_000)).toBeLessThanOrEqual(10);
    clock.observe({ serverTimeMs: 65_500, sentAtMs: 60_000, receivedAtMs: 61_000 });
    expect(clock.nowMs()).toBe(5_000);
    clock.observe({ serverTimeMs: 66_000, sentAtMs: 60_000, receivedAtMs: 60_010 });
    expect(clock.nowMs()).toBe(5_995);
  });
});
