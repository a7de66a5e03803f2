import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startAdminApi, type TestAdminApi } from '../support/admin-api.ts';
import { clearAccess } from '../support/clear-access.ts';
import { requestClient } from '../support/request-client.ts';
import { PROFILES } from '../support/test-services.ts';
import { waitUntil } from '../support/wait-until.ts';

describe.each(PROFILES)('a reminder, %s', (profile) => {
  let api: TestAdminApi;
  let client: ReturnType<typeof requestClient>;
  beforeAll(async () => {
    api = await startAdminApi(profile, { HALLPASS_REMIND_INTERVAL_MS: '1000' });
    client = requestClient(api);
  });
  afterAll(() => api.stop());
  beforeEach(() => clearAccess(api));

  const remind = (id: string, who = 'member') => api.as(who).post(`/v1/access-requests/${id}/remind`, {});

  it('reaches the reviewers once in a while, not before', async () => {
    const asked = await client.ask();
    const { id } = asked.body;
    const early = await remind(id);
    expect([early.status, early.body.code]).toEqual([429, 'too-soon']);
    expect(early.headers.get('retry-after')).toBe('1');
    const due = Date.parse(early.body.can_remind_at);
    expect(due).toBe(Date.parse(asked.body.submitted_at) + 1000);
    await waitUntil('the interval', () => Date.now() >= due);
    const reminded = await remind(id);
    expect(reminded.status).toBe(200);
    expect(reminded.body.request.reminded_at).not.toBeNull();
    expect((await remind(id)).status).toBe(429);
    expect((await client.story(id)).map((entry) => entry.type)).toContain('access-request.reminded');
    const events: string[] = await api.running.parts
      .knex('outbox_events')
      .whereRaw(`payload->>'request_id' = ?`, [id])
      .pluck('type');
    expect(events.filter((type) => type === 'access-request.reminded')).toHaveLength(1);
  });

  it("is for one's own pending requests", async () => {
    const asked = await client.ask();
    expect((await remind(asked.body.id, 'member2')).status).toBe(404);
    expect((await remind(asked.body.id, 'owner')).status).toBe(404);
    await client.approve(asked.body.id);
    expect((await remind(asked.body.id)).body.code).toBe('already-decided');
  });
});
