import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startAdminApi, type TestAdminApi } from '../support/admin-api.ts';
import { clearAccess } from '../support/clear-access.ts';
import type { Answer } from '../support/http-client.ts';

const PRODUCTION = { type: 'connection', id: 'aws-production' };

describe('access requests', () => {
  let api: TestAdminApi;
  beforeAll(async () => {
    api = await startAdminApi();
  });
  afterAll(() => api.stop());
  beforeEach(() => clearAccess(api));

  const submit = (body: object = {}, who = 'member'): Promise<Answer> =>
    api
      .as(who)
      .post('/v1/access-requests', { resource: PRODUCTION, reason: 'INC-42', duration_seconds: 3600, ...body });
  const approve = (id: string, body: object = {}, who = 'admin') =>
    api.as(who).post(`/v1/access-requests/${id}/approve`, body);

  it('goes from asked to granted, as asked', async () => {
    const asked = await submit();
    expect(asked.status).toBe(201);
    expect(asked.body).toMatchObject({
      status: 'pending',
      requester: { email: 'member@example.com' },
      resource: { ...PRODUCTION, name: 'AWS production' },
      reason: 'INC-42',
      duration_seconds: 3600,
      can_cancel: true,
      can_review: false,
      in_effect: false,
    });
    const before = Date.now();
    const approved = await approve(asked.body.id, { note: 'go' });
    expect(approved.status).toBe(200);
    expect(approved.body.request).toMatchObject({
      status: 'approved',
      given: { duration_seconds: 3600, modifications: [] },
    });
    const { grant, feed_revision } = approved.body;
    expect(grant).toMatchObject({ kind: 'resource', resource: PRODUCTION, state: 'active', origin: 'request' });
    // The clock starts at approval (law 4).
    expect(Date.parse(grant.starts_at)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(grant.expires_at) - Date.parse(grant.starts_at)).toBe(3_600_000);
    expect(feed_revision).toBeGreaterThan(0);
    const me = await api.as('member').get('/v1/me');
    expect(me.body.grants.map((one: { id: string }) => one.id)).toContain(grant.id);
  });

  it('gives another duration and another Scope than asked, and records both', async () => {
    const asked = await submit({ duration_seconds: null });
    const single = await api.as('admin').get(`/v1/access-requests/${asked.body.id}`);
    expect(single.body.suggested_scopes).toEqual([
      {
        id: 'production',
        name: 'Production',
        description: expect.any(String),
        environments: ['production'],
        connections: ['aws-production', 'payroll'],
        targets: ['billing-db'],
      },
    ]);
    const approved = await approve(asked.body.id, { duration_seconds: 60, scope_id: 'production' });
    expect(approved.body.grant).toMatchObject({ kind: 'scope', scope: { id: 'production', name: 'Production' } });
    expect(approved.body.request.given.modifications).toEqual(['entitlement', 'duration_seconds']);
    const events = await api.as('owner').get(`/v1/audit-events?request_id=${asked.body.id}`);
    const decision = events.body.items.find((event: { type: string }) => event.type === 'access-request.approved');
    expect(decision.details).toMatchObject({
      asked: { entitlement: { kind: 'resource', resource: PRODUCTION }, duration_seconds: null },
      given: { entitlement: { kind: 'scope', scope_id: 'production' }, duration_seconds: 60 },
      modifications: ['entitlement', 'duration_seconds'],
    });
  });

  it('does not take a Scope that does not cover what was asked for', async () => {
    const asked = await submit();
    const refused = await approve(asked.body.id, { scope_id: 'staging' });
    expect(refused.status).toBe(422);
    expect(refused.body.errors[0].field).toBe('scope_id');
    const still = await api.as('admin').get(`/v1/access-requests/${asked.body.id}`);
    expect(still.body).toMatchObject({ status: 'pending', reviews: [] });
  });

  it('raises the Role, and only as far as the reviewer may', async () => {
    const asked = await submit({ resource: undefined, role: 'member' }, 'viewer');
    expect(asked.status).toBe(201);
    const tooFar = await submit({ resource: undefined, role: 'owner' }, 'viewer');
    expect(tooFar.status).toBe(422);
    const approved = await approve(asked.body.id);
    expect(approved.body.grant).toMatchObject({ kind: 'role', role: 'member' });
    const me = await api.as('viewer').get('/v1/me');
    expect(me.body).toMatchObject({ role: 'member', base_role: 'viewer' });
  });

  it('denies with and without a reason', async () => {
    for (const body of [{ reason: 'not now' }, {}]) {
      const asked = await submit();
      const denied = await api.as('admin2').post(`/v1/access-requests/${asked.body.id}/deny`, body);
      expect(denied.status).toBe(200);
      expect(denied.body.request).toMatchObject({ status: 'denied', grant: null });
      expect(denied.body.request.reviews[0].note).toBe(body.reason ?? null);
    }
  });

  it('lets nobody but Admins and the Owner decide, and nobody their own', async () => {
    const asked = await submit();
    for (const who of ['member', 'member2', 'viewer']) {
      const refused = await approve(asked.body.id, {}, who);
      expect([who, refused.status]).toEqual([who, 403]);
    }
    const own = await submit({}, 'admin');
    const self = await approve(own.body.id, {}, 'admin');
    expect(self.body).toMatchObject({ status: 403, code: 'self-review' });
    expect((await approve(own.body.id, {}, 'admin2')).status).toBe(200);
    expect((await approve(asked.body.id, {}, 'owner')).status).toBe(200);
  });

  it('refuses whoever has lost the right to review in between', async () => {
    const asked = await submit();
    await api.as('owner').send('PATCH', `/v1/people/${api.idOf('admin2')}`, {
      body: JSON.stringify({ role: 'member' }),
      headers: { 'content-type': 'application/json' },
    });
    expect((await approve(asked.body.id, {}, 'admin2')).status).toBe(403);
    await api.as('owner').send('PATCH', `/v1/people/${api.idOf('admin2')}`, {
      body: JSON.stringify({ role: 'admin' }),
      headers: { 'content-type': 'application/json' },
    });
    expect((await approve(asked.body.id, {}, 'admin2')).status).toBe(200);
  });

  it('makes one grant of two reviewers at once', async () => {
    for (let round = 0; round < 10; round += 1) {
      await clearAccess(api);
      const asked = await submit();
      const answers = await Promise.all([
        approve(asked.body.id, {}, 'admin'),
        approve(asked.body.id, {}, 'admin2'),
        api.as('owner').post(`/v1/access-requests/${asked.body.id}/deny`, {}),
      ]);
      expect(answers.map((answer) => answer.status).toSorted()).toEqual([200, 409, 409]);
      const loser = answers.find((answer) => answer.status === 409);
      expect(loser?.body.code).toBe('already-decided');
      const grants = await api.running.parts.knex('grants').where({ request_id: asked.body.id });
      expect(grants).toHaveLength(answers[2]?.status === 200 ? 0 : 1);
    }
  });

  it('is approved without any body, and listed with an empty filter', async () => {
    const asked = await submit();
    const approved = await api.as('admin').send('POST', `/v1/access-requests/${asked.body.id}/approve`);
    expect([approved.status, approved.body.request?.status]).toEqual([200, 'approved']);
    const listed = await api.as('member').get('/v1/access-requests?status=&requester=me');
    expect(listed.body.items[0].id).toBe(asked.body.id);
  });

  it('is cancelled by the requester only, and then no more decided', async () => {
    const asked = await submit();
    const { id } = asked.body;
    expect((await api.as('member2').post(`/v1/access-requests/${id}/cancel`, {})).status).toBe(404);
    expect((await api.as('member').post(`/v1/access-requests/${id}/cancel`, {})).body.request.status).toBe('cancelled');
    expect((await approve(id)).body.code).toBe('already-decided');
  });

  it('shows people their own requests, Admins all', async () => {
    await submit();
    const asked = await submit({}, 'member2');
    const path = `/v1/access-requests/${asked.body.id}`;
    expect((await api.as('member').get(path)).status).toBe(404);
    expect((await api.as('admin').get(path)).body).toMatchObject({ id: asked.body.id, can_review: true });
    const listed = await api.as('member').get('/v1/access-requests?limit=200');
    expect(new Set(listed.body.items.map((item: { requester: { email: string } }) => item.requester.email))).toEqual(
      new Set(['member@example.com']),
    );
    const pending = await api.as('admin').get('/v1/access-requests?status=pending&limit=1');
    expect(pending.body.items).toHaveLength(1);
    const next = await api
      .as('admin')
      .get(`/v1/access-requests?status=pending&limit=1&cursor=${pending.body.next_cursor}`);
    expect(next.body.items).toHaveLength(1);
    expect(next.body.items[0].id).not.toBe(pending.body.items[0].id);
  });

  it('does not tell a hidden resource from one that is not there', async () => {
    const hidden = await submit({ resource: { type: 'connection', id: 'payroll' } });
    const absent = await submit({ resource: { type: 'connection', id: 'nothing' } });
    expect([hidden.status, absent.status]).toEqual([404, 404]);
    expect(hidden.body.detail.replace('payroll', '*')).toBe(absent.body.detail.replace('nothing', '*'));
    const resources = await api.as('member').get('/v1/resources');
    expect(JSON.stringify(resources.body)).not.toContain('payroll');
    await api.as('owner').send('PUT', '/v1/scopes/finance', {
      body: JSON.stringify({ name: 'Finance', rules: [{ level: 'connection', id: 'payroll' }] }),
      headers: { 'content-type': 'application/json' },
    });
    const rulesFor = async (who: string) => {
      const scopes = await api.as(who).get('/v1/scopes');
      return scopes.body.items.find((scope: { id: string }) => scope.id === 'finance').rules;
    };
    expect(await rulesFor('member')).toEqual([]);
    expect(await rulesFor('admin')).toEqual([{ level: 'connection', id: 'payroll' }]);
  });

  it('answers a repeated Idempotency-Key with the first answer', async () => {
    const headers = { 'idempotency-key': crypto.randomUUID() };
    const body = { resource: PRODUCTION, reason: 'once', duration_seconds: 60 };
    const first = await api.as('member').post('/v1/access-requests', body, headers);
    const second = await api.as('member').post('/v1/access-requests', body, headers);
    expect(second.status).toBe(201);
    expect(second.body.id).toBe(first.body.id);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    const other = await api.as('member').post('/v1/access-requests', { ...body, reason: 'twice' }, headers);
    expect(other.body.code).toBe('idempotency-key-reused');
  });
});
