import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ServerTime } from '../../../core/feed/server-time.ts';

const START = 1_800_000_000_000;

/** What happens between a control plane and a sidecar: messages take their time, clocks run at their own rates. */
type Happening =
  | { readonly kind: 'message' | 'answer'; readonly waitMs: number; readonly outMs: number; readonly backMs: number }
  | { readonly kind: 'look'; readonly waitMs: number };

const delay = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 5_000 }));
const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('message' as const, 'answer' as const),
    waitMs: fc.integer({ min: 0, max: 20_000 }),
    outMs: delay,
    backMs: delay,
  }),
  fc.record({ kind: fc.constant('look' as const), waitMs: fc.integer({ min: 0, max: 20_000 }) }),
);

describe('the time on the control plane', () => {
  it('is never taken to be earlier than it is, never goes back, and is known to within a round trip', () => {
    fc.assert(
      fc.property(
        fc.array(happening, { maxLength: 40 }),
        fc.integer({ min: -500, max: 500 }),
        fc.integer({ min: -3_600_000, max: 3_600_000 }),
        (happenings, ppm, localError) => {
          let trueMs = 0;
          const serverAt = (ms: number) => START + ms;
          const steadyAt = (ms: number) => 5_000 + ms * (1 + ppm / 1_000_000);
          const time = new ServerTime(START + localError, steadyAt(0), 5_000);
          let given = -Infinity;
          let asked = false;
          const look = () => {
            const now = time.now(steadyAt(trueMs));
            expect(now).toBeGreaterThanOrEqual(given);
            given = now;
            if (asked) {
              expect(now).toBeGreaterThanOrEqual(serverAt(trueMs));
              expect(time.earliest(steadyAt(trueMs))).toBeLessThanOrEqual(serverAt(trueMs));
            }
          };
          const first: Happening = { kind: 'answer', waitMs: 0, outMs: 3, backMs: 4 };
          let isFirst = true;
          let bestRoundTrip = Infinity;
          let sinceBest = 0;
          for (const one of [first, ...happenings]) {
            trueMs += one.waitMs;
            sinceBest += one.waitMs;
            if (one.kind !== 'look') {
              const askedMs = steadyAt(trueMs);
              trueMs += one.outMs;
              const serverMs = Math.floor(serverAt(trueMs));
              trueMs += one.backMs;
              const receivedMs = steadyAt(trueMs);
              sinceBest += one.outMs + one.backMs;
              const outcome = time.hear({ serverMs, receivedMs, askedMs: one.kind === 'answer' ? askedMs : null });
              expect(outcome).toBe('taken');
              if (isFirst) given = -Infinity;
              isFirst = false;
              asked = true;
              if (one.kind === 'answer' && one.outMs <= bestRoundTrip)
                [bestRoundTrip, sinceBest] = [one.outMs, one.backMs];
            }
            look();
            const late = time.latest(steadyAt(trueMs)) - serverAt(trueMs);
            expect(late).toBeLessThanOrEqual(bestRoundTrip + 2 + (sinceBest + bestRoundTrip) * 0.0011);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('never goes back, whatever is heard and in whatever order', () => {
    const heard = fc.record({
      serverMs: fc.integer({ min: START - 10_000_000, max: START + 10_000_000 }),
      receivedMs: fc.integer({ min: 0, max: 1_000_000 }),
      askedMs: fc.option(fc.integer({ min: 0, max: 1_000_000 })),
    });
    fc.assert(
      fc.property(fc.array(fc.tuple(heard, fc.integer({ min: 0, max: 1_000_000 })), { minLength: 1 }), (all) => {
        const time = new ServerTime(START, 0, 5_000);
        let given = -Infinity;
        for (const [one, atMs] of all) {
          time.hear(one);
          const now = time.now(atMs);
          expect(now).toBeGreaterThanOrEqual(given);
          if (atMs >= one.receivedMs) expect(now).toBeGreaterThanOrEqual(one.serverMs);
          given = now;
        }
      }),
    );
  });

  const heardAt = (serverMs: number, steadyMs: number, roundTripMs: number | null = 10) => ({
    serverMs,
    receivedMs: steadyMs,
    askedMs: roundTripMs === null ? null : steadyMs - roundTripMs,
  });

  it('is the local one with all that it may be off, until the control plane is heard', () => {
    const time = new ServerTime(START, 100, 5_000);
    expect([time.isHeard, time.now(100), time.earliest(100)]).toEqual([false, START + 5_000, START - 5_000]);
    time.hear(heardAt(START - 60_000, 200));
    // Nothing was proven before, so this once it may go back.
    expect([time.isHeard, Math.floor(time.now(200))]).toEqual([true, START - 60_000 + 11]);
  });

  it('is not moved by a message that lay in a buffer', () => {
    const time = new ServerTime(0, 0, 0);
    time.hear(heardAt(START, 1_000));
    expect(time.hear(heardAt(START + 50, 31_000, null))).toBe('taken');
    expect(time.now(31_000)).toBeGreaterThanOrEqual(START + 30_000);
    expect(time.now(31_000)).toBeLessThan(START + 30_000 + 11 + 16);
  });

  it('jumps when a message proves that more time has passed than was counted here', () => {
    const time = new ServerTime(0, 0, 0);
    time.hear(heardAt(START, 1_000));
    expect(time.hear(heardAt(START + 3_600_000, 1_100, null))).toBe('ahead');
    expect(time.now(1_100)).toBeGreaterThan(START + 3_600_000);
  });

  it('stands still after a step back until the control plane has caught up', () => {
    const time = new ServerTime(0, 0, 0);
    time.hear(heardAt(START, 1_000));
    const before = time.now(1_000);
    expect(time.hear(heardAt(START - 60_000, 2_000))).toBe('back');
    expect(time.now(30_000)).toBe(before);
    expect(time.latest(30_000)).toBeLessThan(START - 30_000);
    expect(time.now(63_000)).toBeGreaterThan(before);
  });

  it('takes replicas that differ by less than a second for one control plane', () => {
    const time = new ServerTime(0, 0, 0);
    time.hear(heardAt(START, 1_000));
    expect(time.hear(heardAt(START + 400, 1_001))).toBe('taken');
    expect(time.hear(heardAt(START + 3, 1_003))).toBe('taken');
    expect(time.now(1_003)).toBeGreaterThanOrEqual(START + 400);
  });

  it('says when a clock can have shown a time at the earliest, before and after what was heard', () => {
    const time = new ServerTime(0, 0, 0);
    time.hear(heardAt(START, 1_000, 10));
    expect(time.steadyWhen(START + 10_001)).toBeCloseTo(990 + 10_000, -1);
    expect(time.steadyWhen(START + 10_001)).toBeLessThanOrEqual(990 + 10_000);
    expect(time.steadyWhen(START - 9_999)).toBeLessThanOrEqual(990 - 10_000);
  });
});
