import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { listOperations } from '../../admin-api/create-app.ts';
import { startAdminApi, type TestAdminApi } from '../support/admin-api.ts';

const PRODUCTION = { type: 'connection', id: 'aws-production' };
const ASK = { resource: PRODUCTION, reason: 'why', duration_seconds: 60 };
const NOBODY = 'per_0';

/** Every table that a refused request must leave as it was. */
const TABLES = [
  'people',
  'resources',
  'scopes',
  'access_requests',
  'reviews',
  'grants',
  'audit_entries',
  'outbox_events',
  'notifications',
  'feed_changes',
];

interface Wrong {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  readonly path: string;
  readonly body?: unknown;
  readonly status: number;
  /** The field the problem must name. */
  readonly field?: string;
  readonly code?: string;
}

const WRONG: readonly Wrong[] = [
  // Asking
  { method: 'post', path: '/v1/access-requests', body: { ...ASK, reason: undefined }, status: 422, field: 'reason' },
  { method: 'post', path: '/v1/access-requests', body: { ...ASK, reason: '   ' }, status: 422, field: 'reason' },
  {
    method: 'post',
    path: '/v1/access-requests',
    body: { ...ASK, reason: 'x'.repeat(2001) },
    status: 422,
    field: 'reason',
  },
  { method: 'post', path: '/v1/access-requests', body: { ...ASK, reason: 'nul \0' }, status: 422, field: 'reason' },
  {
    method: 'post',
    path: '/v1/access-requests',
    body: { ...ASK, reason: 'half \ud800' },
    status: 422,
    field: 'reason',
  },
  {
    method: 'post',
    path: '/v1/access-requests',
    body: { ...ASK, duration_seconds: 0 },
    status: 422,
    field: 'duration_seconds',
  },
  {
    method: 'post',
    path: '/v1/access-requests',
    body: { ...ASK, duration_seconds: -1 },
    status: 422,
    field: 'duration_seconds',
  },
  {
    method: 'post',
    path: '/v1/access-requests',
    body: { ...ASK, duration_seconds: 1.5 },
    status: 422,
    field: 'duration_seconds',
  },
  {
    method: 'post',
    path: '/v1/access-requests',
    body: { ...ASK, duration_seconds: '1h' },
    status: 422,
    field: 'duration_seconds',
  },
  {
    method: 'post',
    path: '/v1/access-requests',
    body: { ...ASK, duration_seconds: 1e12 },
    status: 422,
    field: 'duration_seconds',
  },
  {
    method: 'post',
    path: '/v1/access-requests',
    body: { reason: 'r', duration_seconds: null },
    status: 422,
    field: 'resource',
  },
  { method: 'post', path: '/v1/access-requests', body: { ...ASK, role: 'admin' }, status: 422, field: 'role' },
  {
    method: 'post',
    path: '/v1/access-requests',
    body: { ...ASK, scope_id: 'staging' },
    status: 422,
    field: 'scope_id',
  },
  {
    method: 'post',
    path: '/v1/access-requests',
    body: { ...ASK, resource: { type: 'door', id: 'x' } },
    status: 422,
    field: 'resource.type',
  },
  {
    method: 'post',
    path: '/v1/access-requests',
    body: { ...ASK, resource: { type: 'connection', id: '../x' } },
    status: 422,
    field: 'resource.id',
  },
  {
    method: 'post',
    path: '/v1/access-requests',
    body: { ...ASK, resource: { type: 'connection', id: 'none' } },
    status: 404,
    field: 'resource',
  },
  {
    method: 'post',
    path: '/v1/access-requests',
    body: { ...ASK, resource: undefined, scope_id: 'none' },
    status: 404,
    field: 'scope_id',
  },
  {
    method: 'post',
    path: '/v1/access-requests',
    body: { ...ASK, resource: undefined, role: 'king' },
    status: 422,
    field: 'role',
  },
  {
    method: 'post',
    path: '/v1/access-requests',
    body: { ...ASK, binding_token: 'garbage' },
    status: 422,
    field: 'binding_token',
  },
  {
    method: 'post',
    path: '/v1/access-requests',
    body: { ...ASK, return_to: 'javascript:alert(1)' },
    status: 422,
    field: 'return_to',
  },
  {
    method: 'post',
    path: '/v1/access-requests',
    body: { ...ASK, return_to: 'https://evil.test/' },
    status: 422,
    field: 'return_to',
  },
  { method: 'post', path: '/v1/access-requests', body: { ...ASK, surprise: 1 }, status: 422, field: 'surprise' },
  { method: 'post', path: '/v1/access-requests', body: [], status: 422, field: 'body' },
  {
    method: 'post',
    path: '/v1/access-requests/preview',
    body: { duration_seconds: 60 },
    status: 422,
    field: 'resource',
  },
  { method: 'get', path: '/v1/access-requests?status=lost', status: 422, field: 'status' },
  { method: 'get', path: '/v1/access-requests?limit=0', status: 422, field: 'limit' },
  { method: 'get', path: '/v1/access-requests?limit=9999', status: 422, field: 'limit' },
  { method: 'get', path: '/v1/access-requests?cursor=bogus', status: 422, field: 'cursor' },
  { method: 'get', path: '/v1/access-requests?page=2', status: 422, field: 'page' },
  { method: 'get', path: '/v1/access-requests/req_0', status: 404 },
  { method: 'post', path: '/v1/access-requests/req_0/approve', body: {}, status: 404 },
  {
    method: 'post',
    path: '/v1/access-requests/PENDING/approve',
    body: { duration_seconds: 0 },
    status: 422,
    field: 'duration_seconds',
  },
  {
    method: 'post',
    path: '/v1/access-requests/PENDING/approve',
    body: { scope_id: 'none' },
    status: 404,
    field: 'scope_id',
  },
  {
    method: 'post',
    path: '/v1/access-requests/PENDING/approve',
    body: { scope_id: 'staging', role: 'member' },
    status: 422,
    field: 'scope_id',
  },
  { method: 'post', path: '/v1/access-requests/PENDING/approve', body: { role: 'owner' }, status: 422 },
  { method: 'post', path: '/v1/access-requests/PENDING/deny', body: { reason: 7 }, status: 422, field: 'reason' },
  { method: 'post', path: '/v1/access-requests/PENDING/cancel', body: {}, status: 404 },
  // AuthZEN access requests
  { method: 'post', path: '/access/v1/requests', body: {}, status: 422, field: 'subject' },
  {
    method: 'post',
    path: '/access/v1/requests',
    body: {
      subject: { type: 'user', id: 'member@example.com' },
      resource: PRODUCTION,
      action: { name: 'read' },
      context: { business_justification: 'r' },
      denial: { binding_token: 'x', expires_at: '2026-01-01T00:00:00Z' },
    },
    status: 403,
    field: 'subject.id',
  },
  { method: 'get', path: '/access/v1/requests/req_0', status: 404 },
  // Grants
  {
    method: 'post',
    path: '/v1/grants',
    body: { subject_id: NOBODY, resource: PRODUCTION, duration_seconds: 1 },
    status: 404,
    field: 'subject_id',
  },
  {
    method: 'post',
    path: '/v1/grants',
    body: { subject_id: 'per_demo_admin', resource: PRODUCTION, duration_seconds: 1 },
    status: 403,
    field: 'subject_id',
  },
  {
    method: 'post',
    path: '/v1/grants',
    body: { subject_id: 'per_demo_member', role: 'owner', duration_seconds: 1 },
    status: 403,
    field: 'role',
  },
  {
    method: 'post',
    path: '/v1/grants',
    body: { subject_id: 'per_demo_member', resource: PRODUCTION },
    status: 422,
    field: 'duration_seconds',
  },
  {
    method: 'post',
    path: '/v1/grants',
    body: { subject_id: 'per_demo_member', scope_id: 'none', duration_seconds: 1 },
    status: 404,
    field: 'scope_id',
  },
  { method: 'get', path: '/v1/grants?active=maybe', status: 422, field: 'active' },
  { method: 'post', path: '/v1/grants/grt_0/revoke', body: {}, status: 404 },
  // Resources, Scopes, people
  { method: 'put', path: '/v1/resources/connection/Bad%20Id', body: { name: 'x' }, status: 422, field: 'id' },
  { method: 'put', path: '/v1/resources/door/x', body: { name: 'x' }, status: 422, field: 'type' },
  {
    method: 'put',
    path: '/v1/resources/target/x',
    body: { name: 'x', connections: ['none'] },
    status: 422,
    field: 'connections',
  },
  {
    method: 'put',
    path: '/v1/resources/target/x',
    body: { name: 'x', environment: 'production' },
    status: 422,
    field: 'environment',
  },
  {
    method: 'put',
    path: '/v1/resources/connection/x',
    body: { name: 'x', attributes: { big: 'x'.repeat(5000) } },
    status: 422,
    field: 'attributes',
  },
  { method: 'delete', path: '/v1/resources/connection/none', status: 404 },
  { method: 'get', path: '/v1/resources?type=door', status: 422, field: 'type' },
  { method: 'put', path: '/v1/scopes/x', body: { name: 'x', rules: [] }, status: 422, field: 'rules' },
  {
    method: 'put',
    path: '/v1/scopes/x',
    body: { name: 'x', rules: [{ level: 'planet', id: 'x' }] },
    status: 422,
    field: 'rules.0.level',
  },
  { method: 'delete', path: '/v1/scopes/none', status: 404 },
  { method: 'post', path: '/v1/people', body: { email: 'no', name: 'x', role: 'member' }, status: 422, field: 'email' },
  {
    method: 'post',
    path: '/v1/people',
    body: { email: 'MEMBER@example.com', name: 'x', role: 'member' },
    status: 409,
    field: 'email',
  },
  {
    method: 'post',
    path: '/v1/people',
    body: { email: 'new@example.com', name: 'x', role: 'owner' },
    status: 409,
    field: 'role',
  },
  { method: 'patch', path: '/v1/people/per_demo_owner', body: { role: 'member' }, status: 409, field: 'role' },
  { method: 'patch', path: '/v1/people/per_demo_admin', body: { role: 'member' }, status: 403, field: 'role' },
  { method: 'patch', path: `/v1/people/${NOBODY}`, body: { name: 'x' }, status: 404 },
  { method: 'post', path: '/v1/notifications/ntf_0/read', body: {}, status: 404 },
  { method: 'get', path: '/v1/audit-events?request_id=%00', status: 422, field: 'request_id' },
  { method: 'get', path: '/v1/nothing', status: 404 },
];

describe('wrong input', () => {
  let api: TestAdminApi;
  let token: string;
  let pendingId: string;
  beforeAll(async () => {
    api = await startAdminApi();
    token = await api.tokenOf('admin');
    pendingId = (await api.as('member').post('/v1/access-requests', ASK)).body.id;
  });
  afterAll(() => api.stop());

  const counts = async () => {
    const { knex } = api.running.parts;
    return Promise.all(TABLES.map(async (table) => [table, await knex(table).count('* as rows').first()]));
  };

  it.each(
    WRONG.map((wrong) => [`${wrong.method} ${wrong.path} -> ${wrong.status} ${wrong.field ?? ''}`, wrong] as const),
  )('%s', async (_, wrong) => {
    const before = await counts();
    const answer = await request(api.url)
      [wrong.method](wrong.path.replace('PENDING', pendingId))
      .set('authorization', `Bearer ${token}`)
      .set('content-type', 'application/json')
      .send(wrong.body === undefined ? undefined : JSON.stringify(wrong.body));
    expect([answer.status, answer.body.detail]).toEqual([wrong.status, expect.any(String)]);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.body).toMatchObject({
      type: `https://hallpass.dev/problems/${answer.body.code}`,
      title: expect.any(String),
      status: wrong.status,
      request_id: expect.any(String),
    });
    if (wrong.field !== undefined) {
      expect(answer.body.errors.map((error: { field: string }) => error.field)).toContain(wrong.field);
    }
    expect(await counts()).toEqual(before);
  });

  it('has a wrong request for every operation that takes input', () => {
    const tried = new Set(
      WRONG.map(
        ({ method, path }) =>
          `${method} ${path.split('?')[0]?.replaceAll(/\/(req|grt|ntf|per)_\w+|\/PENDING/g, '/{id}')}`,
      ),
    );
    const taking = listOperations(api.running.parts).filter((item) => item.params ?? item.query ?? item.body);
    const shape = (path: string) => path.replaceAll(/\{\w+\}/g, '[^/]+');
    const untried = taking.filter(
      (item) => ![...tried].some((one) => new RegExp(`^${item.method} ${shape(item.path)}$`).test(one)),
    );
    expect(untried.map((item) => `${item.method} ${item.path}`).toSorted()).toEqual([
      // Their queries are those of the lists above: cursor and limit.
      'get /v1/notifications',
      'get /v1/people',
      'get /v1/resources/{type}/{id}',
      'get /v1/scopes',
    ]);
  });

  it('refuses bodies that are no JSON, too large, of another type, or missing', async () => {
    const post = () => request(api.url).post('/v1/access-requests').set('authorization', `Bearer ${token}`);
    const broken = await post().set('content-type', 'application/json').send('{"resource":');
    expect([broken.status, broken.body.code]).toEqual([400, 'malformed-json']);
    const large = await post()
      .set('content-type', 'application/json')
      .send(JSON.stringify({ reason: 'x'.repeat(100_000) }));
    expect([large.status, large.body.code]).toEqual([413, 'too-large']);
    const form = await post().type('form').send('reason=x');
    expect([form.status, form.body.code]).toEqual([415, 'unsupported-media-type']);
    const none = await post();
    expect(none.status).toBe(415);
  });

  it('asks for identity before anything else, and tells methods apart', async () => {
    const anonymous = await request(api.url).post('/v1/access-requests').send({ nonsense: true });
    expect([anonymous.status, anonymous.body.code]).toEqual([401, 'not-signed-in']);
    expect(anonymous.headers['www-authenticate']).toContain('Bearer');
    const member = await request(api.url)
      .post('/v1/people')
      .set('authorization', `Bearer ${await api.tokenOf('member')}`)
      .send({ nonsense: true });
    expect([member.status, member.body.code, member.body.minimum_role]).toEqual([403, 'role-too-low', 'admin']);
  });

  it('has none of the ways in that only the quickstart has', async () => {
    for (const path of ['/quickstart/tokens', '/quickstart/sign-in']) {
      const answer = await request(api.url).post(path).send({ email: 'member@example.com' });
      expect([path, answer.status]).toEqual([path, 404]);
    }
    expect((await request(api.url).get('/quickstart/jwks.json')).status).toBe(404);
  });
});
