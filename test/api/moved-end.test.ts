import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startAdminApi, type TestAdminApi } from '../support/admin-api.ts';
import { requestClient } from '../support/request-client.ts';
import { PROFILES } from '../support/test-services.ts';
import { waitUntil } from '../support/wait-until.ts';

describe.each(PROFILES)('an end that was moved, with nothing that sweeps up, %s', (profile) => {
  let api: TestAdminApi;
  beforeAll(async () => {
    api = await startAdminApi(profile, { HALLPASS_SWEEP_INTERVAL_MS: '600000' });
    await api.startWorker();
  });
  afterAll(() => api.stop());

  it('is warned of and recorded when it comes, and not at the end it had first', async () => {
    const client = requestClient(api);
    const asked = await client.ask({ duration_seconds: 2 });
    const { grant } = (await client.approve(asked.body.id)).body;
    const { knex } = api.running.parts;
    const row = () => knex('grants').where({ id: grant.id }).first();
    await waitUntil('the first warning', async () => (await row()).warned_at !== null);
    const more = await client.ask({ extends_grant_id: grant.id, duration_seconds: 3 });
    await client.approve(more.body.id);
    expect((await row()).warned_at).toBeNull();
    const newEnd = Date.parse(grant.expires_at) + 3_000;
    const warned = await waitUntil('the second warning', async () => (await row()).warned_at as Date | null);
    // Half-time of five seconds.
    expect(warned.getTime()).toBeGreaterThanOrEqual(Date.parse(grant.starts_at) + 2_500);
    expect(Date.now()).toBeLessThan(newEnd);
    const ended = await waitUntil('the end', async () => ((await row()).ended_at === null ? null : Date.now()));
    expect(ended).toBeGreaterThanOrEqual(newEnd);
    expect((await row()).ended_at.getTime()).toBe(newEnd);
    const entries = await api.as('owner').get(`/v1/audit-events?grant_id=${grant.id}&limit=100`);
    const types: string[] = entries.body.items.map((entry: { type: string }) => entry.type);
    expect(types.filter((type) => type === 'grant.expired')).toHaveLength(1);
  });
});
