import { afterEach, describe, expect, it } from '@jest/globals';
import { waitUntil } from '../support/wait-until.ts';
import { grant, TEST_FACTS } from './support/facts.ts';
import { startSidecar, type TestSidecar } from './support/sidecar.ts';

const PATH = '/connections/aws-production/echo';
const KEY = 'connection:aws-production';

describe('the first use of a grant', () => {
  let sidecar: TestSidecar;
  afterEach(() => sidecar.stop());

  const firstUses = (count: number) => waitUntil('reports', () => sidecar.feed.firstUses.length >= count);

  it('is reported once, with when and by which decision, however often it is used', async () => {
    sidecar = await startSidecar({ facts: [...TEST_FACTS, grant('grt_1', 'member', KEY)] });
    const before = Date.now();
    for (let visit = 0; visit < 5; visit += 1) expect((await sidecar.visit('member', PATH)).status).toBe(200);
    await firstUses(1);
    sidecar.feed.change(grant('grt_2', 'admin', KEY));
    await waitUntil('the second grant', async () => (await sidecar.visit('admin', PATH)).status === 200);
    await firstUses(2);
    expect(sidecar.feed.firstUses).toEqual([
      { grant_id: 'grt_1', at: expect.any(String), evaluation_id: expect.stringMatching(/^ev_/) },
      { grant_id: 'grt_2', at: expect.any(String), evaluation_id: expect.stringMatching(/^ev_/) },
    ]);
    const at = Date.parse(sidecar.feed.firstUses[0]!.at as string);
    expect(at).toBeGreaterThanOrEqual(before);
    expect(at).toBeLessThanOrEqual(Date.now());
  });

  it('is not reported for a denial', async () => {
    sidecar = await startSidecar({ facts: [...TEST_FACTS, grant('grt_1', 'admin', 'connection:payroll')] });
    expect((await sidecar.visit('member', PATH)).status).toBe(403);
    expect((await sidecar.visit('admin', '/connections/payroll/echo')).status).toBe(200);
    await firstUses(1);
    expect(sidecar.feed.firstUses.map((use) => use.grant_id)).toEqual(['grt_1']);
  });

  it('is reported when the control plane takes it, while requests go on', async () => {
    sidecar = await startSidecar({
      facts: [...TEST_FACTS, grant('grt_1', 'member', KEY)],
      prepare: (feed) => {
        feed.refusesFirstUses = true;
      },
    });
    expect((await sidecar.visit('member', PATH)).status).toBe(200);
    await waitUntil('a refused report', () => sidecar.feed.refusedFirstUses > 1);
    expect((await sidecar.visit('member', PATH)).status).toBe(200);
    sidecar.feed.refusesFirstUses = false;
    await firstUses(1);
    expect(sidecar.feed.firstUses).toMatchObject([{ grant_id: 'grt_1' }]);
  });
});
