import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { waitUntil } from '../support/wait-until.ts';
import { changeBundle, replaceFile } from './support/change-bundle.ts';
import { grant, TEST_FACTS } from './support/facts.ts';
import { openDownload, openWebSocket, type OpenConnection } from './support/open-connections.ts';
import { startSidecar, type TestSidecar } from './support/sidecar.ts';

const BASE = '/connections/aws-production';
const FACTS = [...TEST_FACTS, grant('grt_1', 'member', 'connection:aws-production')];
const ROLES = { read: 'viewer', write: 'member', connect: 'member', admin: 'admin' };

describe('the policy file', () => {
  let sidecar: TestSidecar;
  let open: OpenConnection[] = [];
  afterEach(async () => {
    for (const connection of open) connection.close();
    open = [];
    await sidecar.stop();
  });

  const status = async () => (await sidecar.visit('member', `${BASE}/echo`)).status;
  const readyz = async () =>
    (await fetch(`${sidecar.opsUrl}/readyz`)).json() as Promise<{
      ready: boolean;
      missing: string[];
      warnings: string[];
    }>;

  it('is swapped whole while it runs, and what is open is judged by the new one', async () => {
    sidecar = await startSidecar({ facts: FACTS });
    const token = await sidecar.tokenOf('member');
    open = [
      await openWebSocket(`${sidecar.url}${BASE}/ws`, token),
      await openDownload(`${sidecar.url}${BASE}/events`, token),
    ];
    await changeBundle(sidecar.bundlePath, 'stricter', { ...ROLES, connect: 'admin' });
    await waitUntil('the cut', () => !open[0]!.isOpen());
    expect(open[0]!.code()).toBe(1008);
    const metrics = await sidecar.metrics();
    expect(metrics).toContain('hallpass_proxy_cuts_total{reason="policy-changed"} 1');
    expect(metrics).toContain('hallpass_proxy_policy_info{revision="stricter"} 1');
    const moved = open[1]!.moved();
    await waitUntil('the stream to go on', () => open[1]!.moved() > moved);
    expect(await status()).toBe(200);
    await changeBundle(sidecar.bundlePath, 'strictest', { ...ROLES, read: 'owner' });
    await waitUntil('the other cut', () => !open[1]!.isOpen());
    expect(await status()).toBe(403);
  });

  it.each([
    ['no gzip', () => Promise.resolve('broken')],
    ['empty', () => Promise.resolve('')],
    ['cut off', async () => (await readFile(sidecar.bundlePath)).subarray(0, 5_000)],
  ])('keeps the last good one when it is %s, and says so', async (_name, broken) => {
    sidecar = await startSidecar({ facts: FACTS });
    const before = await status();
    const good = await readFile(sidecar.bundlePath);
    await replaceFile(sidecar.bundlePath, await broken());
    await waitUntil('the report', async () => (await readyz()).warnings.length === 1);
    expect(await readyz()).toMatchObject({
      ready: true,
      missing: [],
      warnings: [expect.stringMatching(/^the newest policy is not in use: .*no good/)],
    });
    expect(await sidecar.metrics()).toMatch(/hallpass_proxy_policy_refused 1\n/);
    expect([before, await status()]).toEqual([200, 200]);
    await replaceFile(sidecar.bundlePath, good);
    await waitUntil('the good one', async () => (await readyz()).warnings.length === 0);
    expect(await sidecar.metrics()).toMatch(/hallpass_proxy_policy_refused 0\n/);
  });
});
