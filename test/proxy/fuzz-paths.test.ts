import { posix } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readTarget } from '../../proxy/gate/normal-path.ts';
import { RouteTable, upstreamTarget } from '../../proxy/gate/route-table.ts';
import { fuzz } from '../support/mutate.ts';
import { readPathTable } from '../support/path-table.ts';

const DICTIONARY = [
  '..',
  '.',
  '/',
  '//',
  '\\',
  ';',
  '%2e',
  '%2E',
  '%2f',
  '%5c',
  '%3b',
  '%25',
  '%252e',
  '%00',
  '%0d%0a',
  '%c0%ae',
  '%e2%80%ae',
  '%u002e',
  '%41',
  '%7e',
  '#',
  '?',
  ':',
  '@',
];
const SEEDS = readPathTable().map(({ sent }) => sent);

/** How others read a path before they use it. Each gives the segments it would act on, and the query if it takes one off. */
const MODELS: Readonly<Record<string, (target: string) => string[]>> = {
  // Browsers, Node, Deno, workers.
  'a WHATWG URL': (target) => new URL(target, 'http://x').pathname.split('/').map(decodeURIComponent),
  // Decode, then resolve, then split: CGI, WSGI, PHP, servlets.
  'a gateway that decodes first': (target) => posix.normalize(decodeURIComponent(pathOf(target))).split('/'),
  'a gateway that resolves first': (target) => decodeURIComponent(posix.normalize(pathOf(target))).split('/'),
  'a gateway that merges slashes': (target) => decodeURIComponent(pathOf(target).replaceAll(/\/{2,}/g, '/')).split('/'),
  'a server on Windows': (target) => decodeURIComponent(pathOf(target)).replaceAll('\\', '/').split('/'),
  'a servlet container': (target) => decodeURIComponent(pathOf(target).replaceAll(/;[^/]*/g, '')).split('/'),
  'a servlet container that decodes first': (target) =>
    decodeURIComponent(pathOf(target))
      .replaceAll(/;[^/]*/g, '')
      .split('/'),
  'one that ends at a NUL': (target) => decodeURIComponent(pathOf(target)).split('\0', 1)[0]!.split('/'),
  'one that ends at a line': (target) =>
    decodeURIComponent(pathOf(target))
      .split(/[\r\n\u0085]/, 1)[0]!
      .split('/'),
};

function pathOf(target: string): string {
  return target.split('?', 1)[0]!;
}

/** What was judged, segment by segment. */
function judged(path: string): string[] {
  return path.split('/').map(decodeURIComponent);
}

function assertAgreement(target: string): void {
  const { path, query } = readTarget(target);
  if (path === null) return;
  const again = readTarget(path + query);
  if (again.path !== path || again.query !== query) throw new Error('its normal form has another one');
  const wanted = judged(path).join('\n');
  for (const [name, read] of Object.entries(MODELS)) {
    const got = read(path + query).join('\n');
    if (got !== wanted) throw new Error(`${name} reads ${JSON.stringify(got)}`);
  }
  // Whoever decodes twice still sees no more segments, and none of dots.
  const twice = judged(path).map((segment) =>
    segment.replaceAll(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
  );
  for (const segment of twice) {
    if (/[/\\;\0-\x1f\x7f]|^\.+$/.test(segment)) throw new Error(`decoded twice, it has ${JSON.stringify(segment)}`);
  }
}

describe('a path that was judged', () => {
  it('is read alike by everybody behind us: mutants of the table', async () => {
    let accepted = 0;
    await fuzz({ seeds: SEEDS, runs: 4_000, dictionary: DICTIONARY }, (bytes) => {
      const text = bytes.toString('latin1');
      if (readTarget(text).refused === null) accepted += 1;
      assertAgreement(text);
    });
    // Else nothing was shown.
    expect(accepted).toBeGreaterThan(150);
  });

  it('is read alike by everybody behind us: paths put together', () => {
    const segment = fc.oneof(
      fc.webSegment(),
      fc.constantFrom(...DICTIONARY, 'a', 'b', '%c3%a9', '%20', '%2B', '+', '~', '%7E'),
    );
    fc.assert(
      fc.property(
        fc.array(segment, { minLength: 1, maxLength: 8 }),
        fc.option(fc.webQueryParameters()),
        (parts, query) => {
          assertAgreement(`/${parts.join('/')}${query === null ? '' : `?${query}`}`);
          assertAgreement(`/${parts.join('')}`);
        },
      ),
      { numRuns: 1_500, seed: 1 },
    );
  });

  it('belongs to the route that any reading of it would find', async () => {
    const prefixes = ['', '/a', '/a/b', '/a/b%20c', '/connections/aws-staging', '/%C3%A9'];
    const config = {
      strip_prefix: true,
      preserve_host: false,
      forward_authorization: false,
      actions: {},
      upgrades: ['websocket'],
      upstream: 'http://up/base',
    };
    const table = new RouteTable(
      prefixes.map((path) => ({ ...config, path, resource: `connection:r${prefixes.indexOf(path)}` })) as never,
    );
    const seeds = prefixes.flatMap((prefix) => SEEDS.map((sent) => prefix + sent.replace(/^\/a/, '')));
    await fuzz({ seeds, runs: 3_000, dictionary: DICTIONARY }, (bytes) => {
      const { path, query } = readTarget(bytes.toString('latin1'));
      if (path === null) return;
      const route = table.find(null, path)!;
      const fits = prefixes
        .filter((prefix) => `${decodeURIComponent(path)}/`.startsWith(`${decodeURIComponent(prefix)}/`))
        .toSorted((a, b) => b.length - a.length);
      expect(route.prefix).toBe(fits[0]);
      const sent = upstreamTarget(route, path, query);
      // Nothing that is sent leaves the upstream's own base, and what follows it is what was judged.
      expect(posix.normalize(decodeURIComponent(pathOf(sent)))).toMatch(/^\/base\//);
      expect(sent.slice('/base'.length).replace(/^\/(?=\?|$)/, '')).toBe(
        (path.slice(route.prefix.length) + query).replace(/^\/(?=\?|$)/, ''),
      );
    });
  });
});
