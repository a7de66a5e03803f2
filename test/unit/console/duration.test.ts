import { describe, expect, it } from '@jest/globals';
import { assert, integer, option, property } from 'fast-check';
import {
  ceilingMessage,
  choiceOf,
  DURATION_PRESETS,
  fitsUnder,
  LONGEST_SECONDS,
  readDuration,
} from '../../../console/time/duration-choice.ts';
import { formatDuration } from '../../../console/time/format-duration.ts';
import {
  DURATION_PRESETS as CORE_PRESETS,
  isWithinCeiling,
  MAX_DURATION_SECONDS,
} from '../../../core/access/duration.ts';

describe('durations in words', () => {
  it.each([
    [null, 'Permanent'],
    [1, '1 second'],
    [90, '1 minute 30 seconds'],
    [3_600, '1 hour'],
    [14_400, '4 hours'],
    [5_400, '1 hour 30 minutes'],
    [86_400, '1 day'],
    [604_800, '1 week'],
    [864_000, '10 days'],
    [1_209_600, '2 weeks'],
    [90_061, '1 day 1 hour 1 minute 1 second'],
  ])('writes %p as %s', (seconds, words) => {
    expect(formatDuration(seconds)).toBe(words);
  });
});

describe('the choice of a duration', () => {
  it('offers what the API calls its presets, in the same order, and a custom one', () => {
    const offered = DURATION_PRESETS.filter(({ seconds }) => seconds !== undefined);
    expect(offered.map(({ label, seconds }) => ({ label, seconds }))).toEqual([...CORE_PRESETS]);
    expect(DURATION_PRESETS.at(-1)).toEqual({ value: 'custom', label: 'Custom', seconds: undefined });
  });

  it('has the limit of the API', () => {
    expect(LONGEST_SECONDS).toBe(MAX_DURATION_SECONDS);
  });

  it('reads presets, permanent and amounts', () => {
    expect(readDuration({ preset: '14400', amount: '', unit: 'hours' })).toEqual({ ok: true, seconds: 14_400 });
    expect(readDuration({ preset: 'permanent', amount: 5, unit: 'hours' })).toEqual({ ok: true, seconds: null });
    expect(readDuration({ preset: 'custom', amount: 90, unit: 'minutes' })).toEqual({ ok: true, seconds: 5_400 });
  });

  it.each([
    ['', 'hours', 'as a number'],
    [0, 'hours', 'one second or more'],
    [-1, 'hours', 'one second or more'],
    [0.5, 'seconds', 'whole seconds'],
    [Number.NaN, 'hours', 'as a number'],
    [600, 'weeks', 'ten years'],
  ] as const)('says what is wrong with %p %s', (amount, unit, words) => {
    const read = readDuration({ preset: 'custom', amount, unit });
    expect(read).toEqual({ ok: false, message: expect.stringContaining(words) });
  });

  it('says so when nothing was chosen', () => {
    expect(readDuration({ preset: 'nonsense', amount: 1, unit: 'hours' }).ok).toBe(false);
  });

  it('finds the choice back that stands for any duration', () => {
    assert(
      property(option(integer({ min: 1, max: LONGEST_SECONDS }), { nil: null }), (seconds) => {
        expect(readDuration(choiceOf(seconds))).toEqual({ ok: true, seconds });
      }),
    );
  });

  it('agrees with the rule about the ceiling', () => {
    const duration = option(integer({ min: 1, max: LONGEST_SECONDS }), { nil: null });
    assert(
      property(duration, duration, (asked, ceiling) => {
        expect(fitsUnder(asked, ceiling)).toBe(isWithinCeiling(asked, ceiling));
        expect(ceilingMessage(asked, ceiling) === null).toBe(isWithinCeiling(asked, ceiling));
      }),
    );
  });
});
