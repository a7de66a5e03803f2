import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isTimeZone, nextDigest, type Digest } from '../../../admin-api/notifications/preferences/next-digest.ts';

const at = (time: string) => Date.parse(time);
const daily = (time_zone: string, at_hour: number): Digest => ({ mode: 'daily', time_zone, at_hour });
const iso = (ms: number) => new Date(ms).toISOString();

describe('when a digest is due', () => {
  it.each([
    // Before and after the hour, and at the very moment of it, which has passed.
    ['2026-11-23T07:59:59.999Z', daily('Europe/Berlin', 9), '2026-11-23T08:00:00.000Z'],
    ['2026-11-23T08:00:00.000Z', daily('Europe/Berlin', 9), '2026-11-24T08:00:00.000Z'],
    // The wall clock keeps the hour over the change of it: 28 March 2027 and 31 October 2027 in Berlin.
    ['2027-03-27T12:00:00.000Z', daily('Europe/Berlin', 9), '2027-03-28T07:00:00.000Z'],
    ['2027-10-30T12:00:00.000Z', daily('Europe/Berlin', 9), '2027-10-31T08:00:00.000Z'],
    // 02:00 is skipped on that day: the first moment after it, 03:00 summer time.
    ['2027-03-27T12:00:00.000Z', daily('Europe/Berlin', 2), '2027-03-28T01:00:00.000Z'],
    // 02:00 comes twice: the first, in summer time, and the second not as well.
    ['2027-10-30T12:00:00.000Z', daily('Europe/Berlin', 2), '2027-10-31T00:00:00.000Z'],
    ['2027-10-31T00:00:00.000Z', daily('Europe/Berlin', 2), '2027-11-01T01:00:00.000Z'],
    // Midnight that does not exist: Beirut, 28 March 2027.
    ['2027-03-27T20:00:00.000Z', daily('Asia/Beirut', 0), '2027-03-27T22:00:00.000Z'],
    // The date is the person's, not UTC's.
    ['2026-11-23T23:30:00.000Z', daily('Pacific/Auckland', 13), '2026-11-24T00:00:00.000Z'],
    ['2026-11-23T12:00:00.000Z', daily('UTC', 0), '2026-11-24T00:00:00.000Z'],
  ] as const)('%s, %j -> %s', (now, digest, due) => {
    expect(iso(nextDigest(digest, at(now)))).toBe(due);
  });

  it('takes the full hour of the zone, also where that is half past for others', () => {
    const hourly = (time_zone: string): Digest => ({ mode: 'hourly', time_zone, at_hour: 0 });
    expect(iso(nextDigest(hourly('UTC'), at('2026-11-23T10:59:59.999Z')))).toBe('2026-11-23T11:00:00.000Z');
    expect(iso(nextDigest(hourly('UTC'), at('2026-11-23T11:00:00.000Z')))).toBe('2026-11-23T12:00:00.000Z');
    expect(iso(nextDigest(hourly('Asia/Kolkata'), at('2026-11-23T10:40:00.000Z')))).toBe('2026-11-23T11:30:00.000Z');
    // The hour that comes twice is two hours.
    expect(iso(nextDigest(hourly('Europe/Berlin'), at('2027-10-31T00:30:00.000Z')))).toBe('2027-10-31T01:00:00.000Z');
  });

  it('is at once for whoever wants no digest', () => {
    expect(nextDigest({ mode: 'at-once', time_zone: 'UTC', at_hour: 9 }, 1_234)).toBe(1_234);
  });

  it('is always later than now, by a little more than a day at the most, with the wall clock at the hour', () => {
    const zones = [
      'Europe/Berlin',
      'America/New_York',
      'Asia/Kolkata',
      'Australia/Lord_Howe',
      'America/Sao_Paulo',
      'UTC',
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: 0, max: 23 }),
        fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2028-12-31T00:00:00Z') }),
        (zone, hour, now) => {
          const due = nextDigest(daily(zone, hour), now);
          expect(due).toBeGreaterThan(now);
          expect(due - now).toBeLessThanOrEqual(26 * 3_600_000);
          const shown = Number(
            new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', hourCycle: 'h23' }).format(due),
          );
          expect([hour, (hour + 1) % 24]).toContain(shown);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('knows time zones from what is none', () => {
    expect(['UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires'].map(isTimeZone)).toEqual([true, true, true]);
    expect(['', 'Mars/Olympus', '+02:00', 'local', 'system'].map(isTimeZone)).toEqual([
      false,
      false,
      false,
      false,
      false,
    ]);
  });
});
