import { describe, expect, it } from '@jest/globals';
import {
  DURATION_PRESETS,
  durationSecondsSchema,
  endOf,
  isWithinCeiling,
  lengthText,
  MAX_DURATION_SECONDS,
} from '../../../core/access/duration.ts';

describe('a duration', () => {
  it.each([1, 3_600, MAX_DURATION_SECONDS, null])('may be %s', (seconds) => {
    expect(durationSecondsSchema.parse(seconds)).toBe(seconds);
  });

  it.each([0, -1, 1.5, MAX_DURATION_SECONDS + 1, Number.NaN, Infinity, '60', undefined])('may not be %s', (seconds) => {
    expect(durationSecondsSchema.safeParse(seconds).success).toBe(false);
  });

  it('has presets from an hour to permanent, each legal, shortest first', () => {
    const seconds = DURATION_PRESETS.map((preset) => preset.seconds);
    expect(seconds).toEqual([3_600, 14_400, 86_400, 604_800, null]);
    for (const preset of seconds) expect(durationSecondsSchema.safeParse(preset).success).toBe(true);
  });
});

describe('a ceiling', () => {
  it.each([
    [60, 60, true],
    [61, 60, false],
    [1, 60, true],
    [null, 60, false],
    [60, null, true],
    [null, null, true],
    [null, MAX_DURATION_SECONDS, false],
  ])('%s seconds under %s: %s', (asked, ceiling, fits) => {
    expect(isWithinCeiling(asked, ceiling)).toBe(fits);
  });
});

describe('its words', () => {
  it.each([
    [1, '1 second'],
    [90, '90 seconds'],
    [60, '1 minute'],
    [28_800, '8 hours'],
    [90_000, '25 hours'],
    [172_800, '2 days'],
    [604_800, '1 week'],
  ])('of %s seconds are "%s"', (seconds, words) => {
    expect(lengthText(seconds)).toBe(words);
  });
});

describe('the end', () => {
  it('is counted from the start, in milliseconds; permanent has none', () => {
    expect(endOf(1_000_123, 7)).toBe(1_007_123);
    expect(endOf(1_000_123, null)).toBeNull();
  });
});
