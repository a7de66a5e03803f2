import { describe, expect, it } from '@jest/globals';
import { assert, integer, property } from 'fast-check';
import { formatRemaining } from '../../../console/time/format-remaining.ts';
import { localMomentText, readLocalMoment, zoneWords } from '../../../console/time/local-moment.ts';

const MINUTE = 60_000;

describe('date and time as a field holds them', () => {
  it('are read in the zone of the person, and written back the same', () => {
    assert(
      // After 1972 no zone is off by a part of a minute.
      property(integer({ min: Date.UTC(1973, 0, 1) / MINUTE, max: Date.UTC(2100, 0, 1) / MINUTE }), (minutes) => {
        const text = localMomentText(minutes * MINUTE);
        expect(localMomentText(readLocalMoment(text)!)).toBe(text);
      }),
    );
    expect(readLocalMoment('2026-03-01T22:00')).toBe(new Date(2026, 2, 1, 22, 0).getTime());
  });

  it.each(['', 'unset', '2026-03-01', '2026-13-01T10:00', '2026-03-01T22:00Z', 'tomorrow'])('are not in %j', (text) =>
    expect(readLocalMoment(text)).toBeNull(),
  );

  it('name the zone as it stands at that time of the year', () => {
    expect(zoneWords(Date.UTC(2026, 0, 1), 'Europe/Berlin')).toBe('Europe/Berlin (GMT+1)');
    expect(zoneWords(Date.UTC(2026, 6, 1), 'Europe/Berlin')).toBe('Europe/Berlin (GMT+2)');
    expect(zoneWords(0, 'UTC')).toBe('UTC');
  });
});

describe('how far away something is', () => {
  it.each([
    [20_000, 'less than a minute'],
    [MINUTE, '1 minute'],
    [200 * MINUTE, '3 hours 20 minutes'],
    [52 * 60 * MINUTE, '2 days 4 hours'],
    [14 * 24 * 60 * MINUTE, '2 weeks'],
  ])('is told of %d ms as %s', (ms, words) => expect(formatRemaining(ms)).toBe(words));
});
