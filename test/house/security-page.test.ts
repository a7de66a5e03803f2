import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { REPOSITORY } from './source-tree.ts';

const PAGE = readFileSync(join(REPOSITORY, 'docs/security.md'), 'utf8');

/** Classes of public bypasses of proxies like this one, and those found on the way. Each needs a row, and a row a test. */
const CLASSES = [
  'path',
  'query',
  'forwarding-headers',
  'identity-headers',
  'bypass-path',
  'host',
  'body-rebuilt',
  're-routing',
  'protocol',
  'smuggling',
  'outliving',
  'token',
  'ssrf',
  'chat',
  'review-race',
  'rollback',
  'disguised-framing',
  'pipelining',
  'answer-poisoning',
  'replay',
  'slowness',
  'cross-site',
  'disclosure',
  'decision-api',
  'facts',
  'policy',
  'forged-denial',
  'stolen-sidecar',
  'audit',
];

interface Row {
  readonly attack: string;
  readonly stops: string;
  readonly tests: string;
}

const ROWS: readonly Row[] = [...PAGE.matchAll(/^\| (.*?) \| (.*?) \| (.*?) \|$/gm)]
  .map(([, attack, stops, tests]) => ({ attack: attack!, stops: stops!, tests: tests! }))
  .filter(({ attack }) => attack !== 'attack' && !/^-+$/.test(attack));

/** Paths in backticks, each with the quoted titles that follow it. */
function mentions(cell: string): { path: string; titles: string[] }[] {
  return [...cell.matchAll(/`([\w./*-]+)`([^`]*)/g)].map(([, path, rest]) => ({
    path: path!,
    titles: [...rest!.matchAll(/"([^"]+)"/g)].map(([, title]) => title!),
  }));
}

function filesOf(path: string): string[] {
  return globSync(path.endsWith('/') ? `${path}*.test.ts` : path, { cwd: REPOSITORY });
}

describe('docs/security.md', () => {
  it('has a row for every class of attack', () => {
    const classes = ROWS.flatMap(({ attack }) => /^\*\*([a-z-]+)\*\*/.exec(attack)?.[1] ?? []);
    expect(CLASSES.filter((name) => !classes.includes(name))).toEqual([]);
    expect(new Set(classes).size).toBe(classes.length);
  });

  it('names a test in every row, and says what stops it', () => {
    expect(ROWS.length).toBeGreaterThan(CLASSES.length);
    expect(
      ROWS.filter(({ stops, tests }) => stops === '' || !/`test\//.test(tests)).map(({ attack }) => attack),
    ).toEqual([]);
  });

  it.each(ROWS)('names what exists: $attack', ({ stops, tests }) => {
    for (const { path } of mentions(stops)) {
      if (/^(core|proxy|admin-api|docs|policies)\//.test(path))
        expect([path, filesOf(path).length > 0 || path.endsWith('/')]).toEqual([path, true]);
    }
    for (const { path, titles } of mentions(tests)) {
      const files = filesOf(path);
      expect([path, files.length > 0]).toEqual([path, true]);
      const text = files.map((file) => readFileSync(join(REPOSITORY, file), 'utf8')).join('\n');
      for (const title of titles) expect([path, title, text.includes(title)]).toEqual([path, title, true]);
    }
  });
});
