import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startAdminApi, type TestAdminApi } from '../support/admin-api.ts';
import { waitUntil } from '../support/wait-until.ts';

describe('a request that nobody decides', () => {
  let api: TestAdminApi;
  beforeAll(async () => {
    api = await startAdminApi('embedded', { HALLPASS_REQUEST_TIMEOUT_MS: '1000' });
  });
  afterAll(() => api.stop());

  it('is over when its time is, whether a worker runs or not; then the worker says so, once', async () => {
    const asked = await api
      .as('member')
      .post('/v1/access-requests', { role: 'admin', reason: 'r', duration_seconds: 60 });
    const path = `/v1/access-requests/${asked.body.id}`;
    expect(asked.body.status).toBe('pending');
    await waitUntil('the time to be over', () => Date.now() >= Date.parse(asked.body.pending_until));
    expect((await api.as('member').get(path)).body).toMatchObject({ status: 'expired', can_cancel: false });
    const late = await api.as('owner').post(`${path}/approve`, {});
    expect([late.status, late.body.code]).toEqual([409, 'already-decided']);
    expect((await api.as('member').post(`${path}/cancel`, {})).status).toBe(409);
    for (const [status, count] of [
      ['pending', 0],
      ['expired', 1],
    ] as const) {
      expect((await api.as('member').get(`/v1/access-requests?status=${status}`)).body.items).toHaveLength(count);
    }
    expect(await api.running.parts.knex('grants').where({ request_id: asked.body.id })).toEqual([]);

    const disable = (disabled: boolean) =>
      api.as('owner').send('PATCH', `/v1/people/${api.idOf('member')}`, {
        body: JSON.stringify({ disabled }),
        headers: { 'content-type': 'application/json' },
      });
    expect((await disable(true)).status).toBe(200);
    expect((await disable(false)).status).toBe(200);
    // What is over takes no other end.
    expect((await api.as('owner').get(path)).body.status).toBe('expired');

    const workers = await Promise.all([api.startWorker(), api.startWorker()]);
    const told = async () => {
      const listed = await api.as('member').get('/v1/notifications');
      return listed.body.items.filter((item: { event_type: string }) => item.event_type === 'access-request.expired');
    };
    await waitUntil('the requester to be told', async () => (await told()).length > 0);
    const events = await api.as('owner').get(`/v1/audit-events?request_id=${asked.body.id}`);
    expect(events.body.items.map((event: { type: string }) => event.type)).toEqual([
      'access-request.expired',
      'access-request.submitted',
    ]);
    await Promise.all(workers.map((worker) => worker.stop()));
    expect(await told()).toHaveLength(1);
  });
});
