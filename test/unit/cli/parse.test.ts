import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { MAX_DURATION_SECONDS } from '../../../core/access/duration.ts';
import { durationText, parseDuration, parseMoment } from '../../../cli/parse-duration.ts';
import { parseThing } from '../../../cli/parse-thing.ts';
import { clean, textTable } from '../../../cli/text-table.ts';

const usage = expect.objectContaining({ name: 'CliError', exitCode: 2 }) as unknown as Error;

describe('durations on the command line', () => {
  it.each<[string, number | null]>([
    ['90s', 90],
    ['30m', 1_800],
    ['4h', 14_400],
    ['1d12h', 129_600],
    ['1w', 604_800],
    ['permanent', null],
  ])('%s', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  it.each(['', '4', 'h', '4 h', '-4h', '0s', '4h!', '4x', '1.5h', '99999w', 'forever'])('refuses "%s"', (text) => {
    expect(() => parseDuration(text)).toThrow(usage);
  });

  it('reads what it writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: MAX_DURATION_SECONDS }), (seconds) => {
        expect(parseDuration(durationText(seconds).replaceAll(' ', ''))).toBe(seconds);
      }),
    );
  });

  it('takes moments with a zone as they are, and refuses what is none', () => {
    expect(parseMoment('2026-11-24T17:00:00+01:00')).toBe('2026-11-24T16:00:00.000Z');
    expect(() => parseMoment('tomorrow-ish')).toThrow(usage);
  });
});

describe('things on the command line', () => {
  it.each([
    ['connection:aws-production', { resource: { type: 'connection', id: 'aws-production' } }],
    ['target:billing-db', { resource: { type: 'target', id: 'billing-db' } }],
    ['feature:export', { resource: { type: 'feature', id: 'export' } }],
    ['scope:production', { scope_id: 'production' }],
    ['role:admin', { role: 'admin' }],
  ])('%s', (text, thing) => {
    expect(parseThing(text)).toEqual(thing);
  });

  it.each(['', 'aws', ':aws', 'connection:', 'role:god', 'Connection:aws'])('refuses "%s"', (text) => {
    expect(() => parseThing(text)).toThrow(usage);
  });
});

describe('what other people wrote', () => {
  it('can not move the cursor of whoever reads it', () => {
    expect(clean('ok\u001b[2J\u202Egnp.exe\r\n')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(
      textTable(
        ['A', 'B'],
        [
          ['1', 'x\u001b[31m'],
          ['22', 'y'],
        ],
      ),
    ).toBe('A   B\n1   x [31m\n22  y');
  });
});
