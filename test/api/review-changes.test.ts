import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startAdminApi, type TestAdminApi } from '../support/admin-api.ts';
import type { Answer } from '../support/http-client.ts';

const HOUR_MS = 3_600_000;

describe.each(['embedded', 'server'] as const)('approval with changes, %s', (profile) => {
  let api: TestAdminApi;
  let made = 0;
  beforeAll(async () => {
    api = await startAdminApi(profile);
  });
  afterAll(() => api.stop());

  const connect = async (attributes: object = {}): Promise<string> => {
    const id = `m${(made += 1)}`;
    await api.as('owner').send('PUT', `/v1/resources/connection/${id}`, {
      body: JSON.stringify({ name: id, environment: 'production', attributes }),
      headers: { 'content-type': 'application/json' },
    });
    return id;
  };
  const ask = async (body: object, who = 'member'): Promise<string> => {
    const asked = await api.as(who).post('/v1/access-requests', { reason: 'INC-7', ...body });
    expect([asked.status, asked.body.detail]).toEqual([201, undefined]);
    return asked.body.id;
  };
  const approve = (id: string, body: object = {}, who = 'admin'): Promise<Answer> =>
    api.as(who).post(`/v1/access-requests/${id}/approve`, body);
  const later = (ms: number) => new Date(Date.now() + ms).toISOString();
  const decisionOf = async (id: string) => {
    const events = await api.as('owner').get(`/v1/audit-events?request_id=${id}`);
    return events.body.items.find((event: { type: string }) => event.type === 'access-request.approved').details;
  };

  it('gives a later start and a fixed end, and says so to the requester and the audit in times people read', async () => {
    const id = await ask({ resource: { type: 'connection', id: await connect() }, duration_seconds: 60 });
    const starts_at = later(HOUR_MS);
    const until = later(2 * HOUR_MS);
    const approved = await approve(id, { starts_at, until });
    expect(approved.body.grant).toMatchObject({ starts_at, expires_at: until, state: 'scheduled' });
    const seen = (await api.as('member').get(`/v1/access-requests/${id}`)).body;
    expect(seen).toMatchObject({
      duration_seconds: 60,
      until: null,
      starts_at: null,
      given: { duration_seconds: null, until, starts_at, modifications: ['duration_seconds', 'starts_at'] },
    });
    expect(await decisionOf(id)).toMatchObject({
      asked: { starts_at: null, until: null, duration_seconds: 60 },
      given: { starts_at, until, duration_seconds: null },
    });
  });

  it('holds a fixed end to the same ceiling as a duration', async () => {
    const connection = await connect({ max_duration_seconds: 7200 });
    const id = await ask({ resource: { type: 'connection', id: connection }, duration_seconds: 60 });
    const refused = await approve(id, { until: later(3 * HOUR_MS) });
    expect([refused.status, refused.body.code, refused.body.errors[0].field]).toEqual([
      422,
      'duration-too-long',
      'until',
    ]);
    for (const [body, field] of [
      [{ until: later(-1) }, 'until'],
      [{ starts_at: later(-1) }, 'starts_at'],
      [{ starts_at: later(100 * 24 * HOUR_MS) }, 'starts_at'],
      [{ until: later(HOUR_MS), duration_seconds: 60 }, 'until'],
      [{ until: later(HOUR_MS), starts_at: later(2 * HOUR_MS) }, 'until'],
    ] as const) {
      const wrong = await approve(id, body);
      expect([body, wrong.status, wrong.body.errors[0].field]).toEqual([body, 422, field]);
    }
    expect((await approve(id, { until: later(HOUR_MS) })).status).toBe(200);
  });

  it('changes a resource into a Scope or a Role where the policy allows, and suggests which', async () => {
    const feature = { type: 'feature', id: 'cost-explorer' };
    const id = await ask({ resource: feature, duration_seconds: 60 });
    const view = (await api.as('admin').get(`/v1/access-requests/${id}`)).body;
    expect([view.suggested_roles, view.suggested_scopes]).toEqual([['admin'], []]);
    expect((await api.as('member').get(`/v1/access-requests/${id}`)).body.suggested_roles).toEqual([]);
    const approved = await approve(id, { role: 'admin' });
    expect(approved.body.grant).toMatchObject({ kind: 'role', role: 'admin' });
    expect(approved.body.request.given).toMatchObject({
      role: 'admin',
      resource: null,
      modifications: ['entitlement'],
    });
    await api.as('owner').post(`/v1/grants/${approved.body.grant.id}/revoke`, {});
  });

  it('lets nobody make something else of what they may not decide', async () => {
    const connection = await connect({ reviewer_roles: ['owner'] });
    const id = await ask({ resource: { type: 'connection', id: connection }, duration_seconds: 60 });
    const changed = await approve(id, { scope_id: 'production' });
    expect([changed.status, changed.body.code]).toEqual([403, 'not-allowed']);
    const still = (await api.as('admin').get(`/v1/access-requests/${id}`)).body;
    expect(still).toMatchObject({ status: 'pending', reviews: [] });
  });

  it('lets what is given decide who has to approve: a change must not get around a second pair of eyes', async () => {
    const strict = await connect({ approvals_required: 2 });
    const id = await ask({ resource: { type: 'connection', id: await connect() }, duration_seconds: 60 });
    const first = await approve(id, { resource: { type: 'connection', id: strict } });
    expect(first.body).toMatchObject({ grant: null, request: { status: 'pending', approvals_required: 2 } });
    const other = await approve(id, { duration_seconds: 30 }, 'admin2');
    expect([other.status, other.body.code]).toEqual([409, 'conflict']);
    const second = await approve(id, {}, 'admin2');
    expect(second.body.request.given).toMatchObject({ resource: { id: strict }, modifications: ['entitlement'] });
  });

  it('changes nothing but the time where more time is asked for', async () => {
    const connection = { type: 'connection', id: await connect({ max_duration_seconds: 4 * 3600 }) };
    const id = await ask({ resource: connection, duration_seconds: 3600 });
    const { grant } = (await approve(id)).body;
    const own = (await api.as('member').get('/v1/me')).body.grants.find((one: { id: string }) => one.id === grant.id);
    expect(own.can_extend).toBe(true);
    const more = await ask({ extends_grant_id: grant.id, duration_seconds: 3600 });
    const seen = (await api.as('member').get(`/v1/access-requests/${more}`)).body;
    expect(seen.extends_grant).toMatchObject({ id: grant.id, can_extend: false });
    for (const [body, field] of [
      [{ scope_id: 'production' }, 'resource'],
      [{ starts_at: later(HOUR_MS) }, 'starts_at'],
      [{ duration_seconds: 3 * 3600 + 1 }, 'duration_seconds'],
    ] as const) {
      const wrong = await approve(more, body);
      expect([body, wrong.status, wrong.body.errors[0].field]).toEqual([body, 422, field]);
    }
    const longer = await approve(more, { duration_seconds: 1800 });
    expect(longer.body.request).toMatchObject({ status: 'approved', given: { modifications: ['duration_seconds'] } });
    expect(longer.body.grant.id).toBe(grant.id);
    expect(Date.parse(longer.body.grant.expires_at) - Date.parse(grant.expires_at)).toBe(1_800_000);
    const history = (await api.as('member').get(`/v1/access-requests/${id}`)).body.history;
    expect(history.map((entry: { type: string }) => entry.type)).toEqual([
      'access-request.submitted',
      'access-request.approved',
      'grant.created',
      'grant.extended',
    ]);
    await api.as('admin').post(`/v1/grants/${grant.id}/revoke`, { reason: 'done' });
    const after = (await api.as('member').get(`/v1/access-requests/${more}`)).body.history;
    expect(after.at(-1)).toMatchObject({ type: 'grant.revoked', actor: { id: api.idOf('admin') }, note: 'done' });
  });
});
