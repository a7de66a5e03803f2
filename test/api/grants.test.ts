import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startAdminApi, type TestAdminApi } from '../support/admin-api.ts';
import { waitUntil } from '../support/wait-until.ts';

describe.each(['embedded', 'server'] as const)('grants and the worker, %s', (profile) => {
  let api: TestAdminApi;
  beforeAll(async () => {
    api = await startAdminApi(profile);
  });
  afterAll(() => api.stop());

  const give = async (
    who: string,
    seconds: number | null,
    body: object = { resource: { type: 'connection', id: 'aws-production' } },
  ) => {
    const given = await api
      .as('admin')
      .post('/v1/grants', { subject_id: api.idOf(who), duration_seconds: seconds, ...body });
    expect(given.status).toBe(201);
    return given.body.grant as { id: string; expires_at: string };
  };
  const typesOf = async (grantId: string): Promise<string[]> => {
    const events = await api.as('owner').get(`/v1/audit-events?grant_id=${grantId}`);
    return events.body.items.map((event: { type: string }) => event.type);
  };
  const notificationsOf = async (who: string, about: string): Promise<string[]> => {
    const listed = await api.as(who).get('/v1/notifications?limit=200');
    return listed.body.items
      .filter((item: { title: string }) => item.title.includes(about))
      .map((item: { event_type: string }) => item.event_type);
  };

  it('given without a request may begin later and end at a fixed time', async () => {
    const at = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
    const body = {
      subject_id: api.idOf('member'),
      resource: { type: 'connection', id: 'aws-production' },
      starts_at: at(1),
      until: at(3),
    };
    const given = await api.as('admin').post('/v1/grants', body);
    expect(given.status).toBe(201);
    expect(given.body.grant).toMatchObject({ state: 'scheduled', starts_at: body.starts_at, expires_at: body.until });
    const both = await api.as('admin').post('/v1/grants', { ...body, duration_seconds: 60 });
    expect([both.status, both.body.errors[0].field]).toEqual([422, 'until']);
    const past = await api.as('admin').post('/v1/grants', { ...body, starts_at: at(-1) });
    expect([past.status, past.body.errors[0].field]).toEqual([422, 'starts_at']);
    expect((await api.as('admin').post(`/v1/grants/${given.body.grant.id}/revoke`, {})).status).toBe(200);
  });

  it('are given to nobody whose account is disabled', async () => {
    const email = `${crypto.randomUUID()}@example.com`;
    const added = await api.as('owner').post('/v1/people', { email, name: 'Dora', role: 'member' });
    const disabled = await api.as('owner').send('PATCH', `/v1/people/${added.body.id}`, {
      body: JSON.stringify({ disabled: true }),
      headers: { 'content-type': 'application/json' },
    });
    expect(disabled.status).toBe(200);
    const refused = await api
      .as('admin')
      .post('/v1/grants', { subject_id: added.body.id, scope_id: 'production', duration_seconds: 60 });
    expect([refused.status, refused.body.code, refused.body.errors[0].field]).toEqual([409, 'conflict', 'subject_id']);
    expect(await api.running.parts.knex('grants').where({ subject_id: added.body.id })).toEqual([]);
  });

  it('end by revocation, by giving up, and never twice', async () => {
    const first = await give('member', null);
    expect((await api.as('member2').post(`/v1/grants/${first.id}/revoke`, {})).status).toBe(404);
    const revoked = await api.as('admin2').post(`/v1/grants/${first.id}/revoke`, { reason: 'rotation' });
    expect(revoked.body.grant).toMatchObject({
      state: 'revoked',
      end_note: 'rotation',
      ended_by: { email: 'admin2@example.com' },
    });
    const again = await api.as('admin2').post(`/v1/grants/${first.id}/revoke`, {});
    expect([again.status, again.body.code]).toEqual([409, 'already-ended']);
    const second = await give('member', 60);
    const given = await api.as('member').post(`/v1/grants/${second.id}/revoke`, {});
    expect(given.body.grant.state).toBe('given-up');
    expect(await typesOf(second.id)).toEqual(['grant.given-up', 'grant.created']);
  });

  it('end with the Scope or resource they are of, and do not wait for one of the same name', async () => {
    const put = (path: string, body: object) =>
      api
        .as('owner')
        .send('PUT', path, { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
    const things = [
      ['/v1/scopes/passing', { name: 'P', rules: [{ level: 'environment', id: 'staging' }] }, { scope_id: 'passing' }],
      ['/v1/resources/feature/passing', { name: 'P' }, { resource: { type: 'feature', id: 'passing' } }],
    ] as const;
    for (const [path, body, asked] of things) {
      expect((await put(path, body)).status).toBe(201);
      const grant = await give('member', null, asked);
      expect((await api.as('owner').send('DELETE', path)).status).toBe(204);
      expect(await typesOf(grant.id)).toEqual(['grant.revoked', 'grant.created']);
      expect((await put(path, body)).status).toBe(201);
      const active = await api.as('member').get('/v1/grants?active=true');
      expect(active.body.items.map((item: { id: string }) => item.id)).not.toContain(grant.id);
    }
  });

  it('count by the clock without any worker: expired is expired in lists, and can not be revoked', async () => {
    const grant = await give('member', 1);
    await waitUntil('the worker', async () => Date.now() >= Date.parse(grant.expires_at));
    const active = await api.as('member').get('/v1/grants?subject=me&active=true');
    expect(active.body.items.map((item: { id: string }) => item.id)).not.toContain(grant.id);
    const revoked = await api.as('admin').post(`/v1/grants/${grant.id}/revoke`, {});
    expect(revoked.body).toMatchObject({ status: 409, state: 'expired' });
    expect(await typesOf(grant.id)).toEqual(['grant.created']);
  });

  it('are ended, warned of and told about by the worker, once', async () => {
    const workers = await Promise.all([api.startWorker(), api.startWorker()]);
    const grant = await give('member2', 2);
    await waitUntil('the worker', async () => (await typesOf(grant.id)).includes('grant.expired'));
    expect(await typesOf(grant.id)).toEqual(['grant.expired', 'grant.expiry-warned', 'grant.created']);
    await waitUntil('the worker', async () =>
      (await notificationsOf('member2', 'connection:aws-production')).includes('grant.expired'),
    );
    expect((await notificationsOf('member2', 'connection:aws-production')).toSorted()).toEqual([
      'grant.created',
      'grant.expired',
      'grant.expiring',
    ]);
    const row = await api.running.parts.knex('grants').where({ id: grant.id }).first();
    expect(row.ended_at).toEqual(new Date(grant.expires_at));
    await Promise.all(workers.map((worker) => worker.stop()));
  });

  it('end with the sweep when the queue has lost everything', async () => {
    const grant = await give('viewer', 1);
    await waitUntil('the worker', async () => Date.now() >= Date.parse(grant.expires_at));
    const worker = await api.startWorker();
    await waitUntil('the worker', async () => (await typesOf(grant.id)).includes('grant.expired'));
    await worker.stop();
  });

  it('of a request are told to all Admins and the Owner, then to the requester', async () => {
    const worker = await api.startWorker();
    const asked = await api
      .as('viewer')
      .post('/v1/access-requests', { scope_id: 'production', reason: 'tell', duration_seconds: null });
    for (const who of ['owner', 'admin', 'admin2']) {
      await waitUntil('the worker', async () =>
        (await notificationsOf(who, 'scope:production')).includes('access-request.submitted'),
      );
    }
    expect(await notificationsOf('member', 'scope:production')).toEqual([]);
    await api.as('owner').post(`/v1/access-requests/${asked.body.id}/deny`, { reason: 'ask for less' });
    await waitUntil('the worker', async () =>
      (await notificationsOf('viewer', 'scope:production')).includes('access-request.denied'),
    );
    const listed = await api.as('viewer').get('/v1/notifications');
    const denial = listed.body.items.find(
      (item: { event_type: string }) => item.event_type === 'access-request.denied',
    );
    expect(denial.body).toContain('ask for less');
    const read = await api.as('viewer').post(`/v1/notifications/${denial.id}/read`, {});
    expect(read.body.read_at).not.toBeNull();
    expect((await api.as('member').post(`/v1/notifications/${denial.id}/read`, {})).status).toBe(404);
    await worker.stop();
  });
});
