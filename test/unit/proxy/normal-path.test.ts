import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readTarget } from '../../../proxy/gate/normal-path.ts';

/** Pieces out of which bypasses are made, as well as harmless ones. */
const PIECES = [
  'a',
  'B',
  '9',
  '-',
  '_',
  '~',
  '.',
  '..',
  '/',
  '//',
  '\\',
  ';',
  ':',
  '@',
  '%',
  '%2',
  '%2e',
  '%2E',
  '%2f',
  '%2F',
  '%5c',
  '%5C',
  '%25',
  '%252e',
  '%252f',
  '%2525',
  '%00',
  '%0a',
  '%7f',
  '%20',
  '%41',
  '%7e',
  '%c3%a9',
  '%c0%ae',
  '%ff',
  '%zz',
  '%u002e',
  '?',
  '#',
  '&',
  '=',
  '+',
  ' ',
  '\t',
  '\0',
  'é',
  '\u2025',
  '\uff0f',
  '*',
  '|',
  '[',
  '{',
  '"',
];
const piece = fc.constantFrom(...PIECES);
const target = fc.array(piece, { maxLength: 12 }).map((pieces) => `/${pieces.join('')}`);

/** What the laxest of servers might make of a path: decoded until nothing changes, all slashes one kind. */
function laxest(path: string): string {
  let text = path;
  for (let round = 0; round < 5; round += 1) {
    text = text.replaceAll(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  }
  return text.replaceAll('\\', '/');
}

describe('the normal form of a path', () => {
  it('is refused or settled: normalising it again changes nothing', () => {
    fc.assert(
      fc.property(target, (text) => {
        const first = readTarget(text);
        if (first.refused !== null) return;
        expect(readTarget(first.path + first.query)).toEqual(first);
      }),
      { numRuns: 5_000 },
    );
  });

  it('has no segment that the laxest of servers would step out with', () => {
    fc.assert(
      fc.property(target, (text) => {
        const { path } = readTarget(text);
        if (path === null) return;
        const lax = laxest(path);
        const slashes = (value: string) => value.split('/').length;
        expect(slashes(lax)).toBe(slashes(path));
        for (const segment of lax.split('/')) expect(segment.split(';')[0]).not.toMatch(/^\.+$/);
        expect(lax).not.toMatch(/\/\/|[\0-\x1f\x7f;]/);
      }),
      { numRuns: 20_000 },
    );
  });

  it('means the same to a URL parser as to us', () => {
    fc.assert(
      fc.property(target, (text) => {
        const { path, query } = readTarget(text);
        if (path === null) return;
        const url = new URL(path + query, 'http://x');
        expect(url.host).toBe('x');
        expect(decodeURIComponent(url.pathname)).toBe(decodeURIComponent(path));
      }),
      { numRuns: 5_000 },
    );
  });

  it('leaves the query as it came', () => {
    fc.assert(
      fc.property(fc.webPath(), fc.webQueryParameters(), (path, query) => {
        const read = readTarget(`/a${path}?${query}`);
        if (read.refused === null) expect(read.query).toBe(`?${query}`);
      }),
    );
  });

  it('never throws, and takes nothing that is not printable ASCII', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const read = readTarget(text);
        if (read.refused === null) expect(text).toMatch(/^\/[\x21-\x7e]*$/);
      }),
      { numRuns: 2_000 },
    );
  });

  it('takes time that grows no faster than the path', () => {
    const started = performance.now();
    for (const tail of ['#', '%', ' ', '\\', '']) readTarget(`/${'a.'.repeat(50_000)}${tail}`);
    for (const tail of ['%zz', '/..', '//']) readTarget(`/${'a%20'.repeat(50_000)}${tail}`);
    // Backtracking would take hours; this only tells the two apart.
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
