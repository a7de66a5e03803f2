import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { listOperations } from '../../admin-api/create-app.ts';
import { startAdminApi, type TestAdminApi } from '../support/admin-api.ts';
import { ASK, WRONG_ACCESS_REQUESTS } from './wrong-access-requests.ts';
import { WRONG_NOTIFICATIONS } from './wrong-notifications.ts';
import { WRONG_REVIEWS } from './wrong-reviews.ts';
import { WRONG_SETTINGS } from './wrong-settings.ts';

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
  'deliveries',
  'notification_preferences',
  'notification_policies',
  'webhooks',
  'access_tasks',
  'access_task_items',
  'access_clients',
];

const WRONG = [...WRONG_ACCESS_REQUESTS, ...WRONG_REVIEWS, ...WRONG_SETTINGS, ...WRONG_NOTIFICATIONS];

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

  const post = () => request(api.url).post('/v1/access-requests').set('authorization', `Bearer ${token}`);
  const counts = async () => {
    const { knex } = api.running.parts;
    return Promise.all(TABLES.map(async (table) => [table, await knex(table).count('* as rows').first()]));
  };

  it.each(
    WRONG.map((wrong) => [`${wrong.method} ${wrong.path} -> ${wrong.status} ${wrong.field ?? ''}`, wrong] as const),
  )('%s', async (_, wrong) => {
    const before = await counts();
    const call = request(api.url)[wrong.method](wrong.path.replace('PENDING', pendingId));
    const answer = await call
      .set('authorization', `Bearer ${token}`)
      .set('content-type', 'application/json')
      .send(wrong.body === undefined ? undefined : JSON.stringify(wrong.body));
    expect([answer.status, answer.body.detail]).toEqual([wrong.status, expect.any(String)]);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.body).toMatchObject({
      type: wrong.type ?? `https://hallpass.dev/problems/${answer.body.code}`,
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
    const untried = taking.filter(
      (item) =>
        ![...tried].some((one) =>
          new RegExp(`^${item.method} ${item.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(one),
        ),
    );
    expect(untried.map((item) => `${item.method} ${item.path}`).toSorted()).toEqual([
      // Their queries are those of the lists above: cursor and limit.
      'get /v1/notifications',
      'get /v1/people',
      'get /v1/resources/{type}/{id}',
      'get /v1/scopes',
    ]);
  });

  it('refuses bodies that are no JSON, too large or of another type, and takes none for an empty one', async () => {
    const broken = await post().set('content-type', 'application/json').send('{"resource":');
    expect([broken.status, broken.body.code]).toEqual([400, 'malformed-json']);
    const large = await post()
      .set('content-type', 'application/json')
      .send(JSON.stringify({ reason: 'x'.repeat(100_000) }));
    expect([large.status, large.body.code]).toEqual([413, 'too-large']);
    const form = await post().type('form').send('reason=x');
    expect([form.status, form.body.code]).toEqual([415, 'unsupported-media-type']);
    const none = await post();
    expect([none.status, none.body.code]).toEqual([422, 'invalid-request']);
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
