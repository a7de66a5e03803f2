import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { adminEnvironmentSchema } from '../../admin-api/config.ts';
import { proxyConfigSchema } from '../../proxy/config.ts';

const PAGE = readFileSync('docs/operations.md', 'utf8');
const EXAMPLE = parse(readFileSync('proxy/example.yaml', 'utf8')) as { limits: Record<string, number> };

/** Rows of the page's tables, by the name in their first cell. */
const ROWS = new Map(
  [...PAGE.matchAll(/^\| `([\w.]+)` \| ([^|]*) \|/gm)].map(([, name, standard]) => [
    name,
    standard?.replaceAll('`', '').trim(),
  ]),
);

describe('docs/operations.md', () => {
  it('has a row for every setting of the admin API, with its default', () => {
    const defaults = adminEnvironmentSchema.parse({
      DATABASE_URL: 'postgresql://x',
      HALLPASS_ADMIN_PUBLIC_URL: 'http://x.test',
    }) as Record<string, unknown>;
    for (const name of Object.keys(adminEnvironmentSchema.shape)) {
      expect([name, ROWS.has(name)]).toEqual([name, true]);
      const value = defaults[name];
      if (typeof value === 'number') expect([name, ROWS.get(name)]).toEqual([name, String(value)]);
    }
  });

  it('has the defaults of sessions that their own schema gives', () => {
    expect(ROWS.get('HALLPASS_SESSION_MAX_AGE_MS')).toBe(String(12 * 3_600_000));
    expect(ROWS.get('HALLPASS_SESSION_IDLE_TIMEOUT_MS')).toBe(String(2 * 3_600_000));
  });

  it('has a row for every limit of the sidecar, with the default that the example shows and the schema gives', () => {
    const { limits } = proxyConfigSchema.parse({
      public_url: 'http://p.test',
      console_url: 'http://c.test',
      control_plane: { url: 'http://c.test' },
      identity: { jwt: { jwks_url: 'http://i.test', issuer: 'i', audience: 'a' } },
      policy: { bundle: 'b' },
      routes: [{ path: '/x', resource: 'connection:x', upstream: 'http://u.test' }],
    });
    expect(EXAMPLE.limits).toEqual(limits);
    for (const [name, value] of Object.entries(limits)) expect([name, ROWS.get(name)]).toEqual([name, String(value)]);
  });

  it('names metrics that exist', () => {
    const sources = [
      'proxy/proxy-metrics.ts',
      'proxy/workers/worker-pool.ts',
      'proxy/decision-counts.ts',
      'proxy/management/management-metrics.ts',
      'admin-api/admin-metrics.ts',
    ]
      .map((file) => readFileSync(file, 'utf8'))
      .join('\n');
    const named = [...PAGE.matchAll(/`(hallpass_(?:proxy|admin|worker)_\w+)/g)].map(([, name]) => name as string);
    expect(named.length).toBeGreaterThan(15);
    const known = (name: string) => sources.includes(`'${name}'`);
    expect(named.filter((name) => !known(name))).toEqual([]);
  });
});
