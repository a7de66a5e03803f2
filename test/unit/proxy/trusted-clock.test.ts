import { describe, expect, it } from '@jest/globals';
import { TrustedClock, type ClockEvent } from '../../../proxy/facts/trusted-clock.ts';
import { TestTime } from '../../proxy/support/test-time.ts';

const START = 1_800_000_000_000;
const HOUR = 3_600_000;

/** A clock that has heard the control plane, in step with this machine, in no time. */
function start(): { time: TestTime; clock: TrustedClock; events: ClockEvent[]; ask: (serverMs?: number) => void } {
  const time = new TestTime(START);
  const clock = new TrustedClock({ clock_skew_ms: 5_000, clock_settle_ms: 1_000 }, time);
  const events: ClockEvent[] = [];
  clock.onEvent((event) => events.push(event));
  const ask = (serverMs = time.wall()) => {
    const at = clock.steady();
    clock.hear({ serverMs, receivedMs: at, askedMs: at });
  };
  ask();
  return { time, clock, events, ask };
}

const settled = () => new Promise<void>((resolve) => queueMicrotask(resolve));

describe('the clock of decisions', () => {
  it('counts the time that passes', () => {
    const { time, clock } = start();
    expect(clock.now()).toBe(START + 1);
    time.pass(1_000);
    expect(clock.now()).toBe(START + 1_001);
    expect([clock.isInDoubt, clock.warnings]).toEqual([false, []]);
    expect(clock.uncertaintyMs).toBeLessThan(3);
  });

  it.each([-HOUR, -1_000, -50, 50, 499])('is not moved by a wall clock that is set by %i ms', (ms) => {
    const { time, clock } = start();
    time.step(ms);
    time.pass(2_000);
    expect(clock.now()).toBe(START + 2_002);
    expect(clock.isInDoubt).toBe(false);
    expect(clock.skewMs).toBeCloseTo(ms, -1);
  });

  it('is not moved by a wall clock that is set ahead, but asks, and is in doubt until there is an answer', async () => {
    const { time, clock, events, ask } = start();
    time.step(HOUR);
    expect(clock.now()).toBe(START + 1);
    await settled();
    expect(events).toEqual(['doubt']);
    expect([clock.isInDoubt, clock.msUntilDoubt]).toEqual([false, 1_000]);
    time.pass(1_001);
    expect([clock.isInDoubt, clock.msUntilDoubt]).toEqual([true, 0]);
    // Sent before the doubt arose: it may have been on its way all the while.
    clock.hear({ serverMs: START + 10, receivedMs: clock.steady(), askedMs: clock.steady() - 1_500 });
    expect(clock.isInDoubt).toBe(true);
    clock.hear({ serverMs: START + 1_001, receivedMs: clock.steady(), askedMs: null });
    expect(clock.isInDoubt).toBe(true);
    ask(START + 1_001);
    expect([clock.isInDoubt, clock.msUntilDoubt]).toEqual([false, Infinity]);
    expect(clock.now()).toBeLessThan(START + 1_005);
  });

  it('counts a sleep that the monotonic clock did not', async () => {
    const { time, clock, events } = start();
    time.sleep(HOUR);
    expect(clock.now()).toBeGreaterThanOrEqual(START + HOUR);
    expect(clock.now()).toBeLessThan(START + HOUR + 2_000);
    await settled();
    expect(events).toEqual(['jumped']);
    time.pass(1_500);
    expect(clock.isInDoubt).toBe(false);
  });

  it('counts a sleep that a wall clock set back would have hidden', () => {
    const { time, clock } = start();
    time.step(-HOUR);
    expect(clock.now()).toBe(START + 1);
    time.sleep(HOUR);
    expect(clock.now()).toBeGreaterThanOrEqual(START + HOUR);
  });

  it('counts every one of many sleeps once', () => {
    const { time, clock } = start();
    for (let index = 0; index < 100; index += 1) {
      time.sleep(60_000);
      time.pass(1_000);
      clock.now();
    }
    expect(clock.now()).toBeGreaterThanOrEqual(START + 100 * 61_000);
    expect(clock.now()).toBeLessThan(START + 100 * 61_000 + 100 * 10 + 4_000);
  });

  it('tells a sleep and a step that came together', async () => {
    const { time, clock, events } = start();
    time.sleep(60_000);
    time.step(HOUR);
    expect(clock.now()).toBeLessThan(START + 61_000);
    await settled();
    expect(events).toEqual(['jumped', 'doubt']);
  });

  it('jumps and asks when the control plane is further than was counted here', () => {
    const { clock, events } = start();
    clock.hear({ serverMs: START + HOUR, receivedMs: clock.steady(), askedMs: null });
    expect(clock.now()).toBeGreaterThan(START + HOUR);
    expect(events).toEqual(['jumped', 'doubt']);
  });

  it('warns of a machine whose clock is off, and goes by the control plane', () => {
    const { time, clock, ask } = start();
    time.step(-20_000);
    ask(START);
    expect(clock.skewMs).toBeCloseTo(-20_000, -1);
    expect(clock.warnings[0]).toMatch(/^this machine's clock is 2000\d ms behind the control plane's/);
    expect(clock.now()).toBe(START + 1);
  });

  it('warns of a control plane whose clock went back, for as long as time stands still', () => {
    const { time, clock, ask } = start();
    ask(START - 60_000);
    expect(clock.now()).toBe(START + 1);
    expect(clock.warnings.join()).toMatch(/went back; time stands still here for 60000 ms more/);
    time.pass(30_000);
    expect(clock.now()).toBe(START + 1);
    time.pass(31_000);
    expect(clock.now()).toBeGreaterThan(START + 500);
    expect(clock.warnings.join()).not.toMatch(/went back/);
  });

  it('gives nothing away before the control plane is heard: what the machine may be off counts against grants', () => {
    const time = new TestTime(START);
    const clock = new TrustedClock({ clock_skew_ms: 5_000, clock_settle_ms: 1_000 }, time);
    expect([clock.now(), clock.skewMs, clock.uncertaintyMs]).toEqual([START + 5_000, null, 10_000]);
    time.step(-HOUR);
    expect(clock.now()).toBe(START + 5_000);
  });
});
