import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { startAdminApi, type TestAdminApi } from '../support/admin-api.ts';
import { clearAccess } from '../support/clear-access.ts';
import { httpClient, type HttpClient } from '../support/http-client.ts';
import { outboundSettings } from '../support/outbound-settings.ts';
import { waitUntil } from '../support/wait-until.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts';
import {
  openDenyingSidecar,
  PRODUCTION,
  REQUESTS,
  SECRET_KEY,
  submission,
  URN,
  type DenyingSidecar,
} from './arap-denials.ts';

const TARGET = { type: 'target', id: 'billing-db' } as const;
const read = { name: 'read' };

// ARAP draft 1: programs that ask on behalf of people, and how they are told.
describe('a program that asks for people', () => {
  let api: TestAdminApi;
  let sidecar: DenyingSidecar;
  let callee: WebhookReceiver;
  let client: HttpClient;
  let added: { id: string; token: string; callback_secret: string };
  beforeAll(async () => {
    callee = await startWebhookReceiver();
    api = await startAdminApi('embedded', { ...outboundSettings(null), HALLPASS_DELIVERY_ATTEMPTS: '3' });
    await api.startWorker();
    sidecar = await openDenyingSidecar(api);
    added = await add({
      name: 'gateway',
      resources: ['connection:*', 'target:*'],
      callback_urls: [`${callee.url}/done`],
    });
    client = httpClient(api.url, added.token);
  });
  beforeEach(() => {
    callee.received.length = 0;
    callee.answer = () => ({ status: 204 });
  });
  afterEach(() => clearAccess(api));
  afterAll(async () => {
    sidecar.close();
    await api.stop();
    await callee.stop();
  });

  const add = async (terms: object) => {
    const answer = await api.as('admin').post('/v1/access-clients', terms);
    expect([answer.status, answer.body.detail]).toEqual([201, undefined]);
    return answer.body as typeof added;
  };
  const submit = async (more: object = {}, by = client) =>
    by.post(REQUESTS, submission(await sidecar.deny('member'), more));
  const requestsOf = (taskId: string): Promise<string[]> =>
    api.running.parts.knex('access_task_items').where({ task_id: taskId }).orderBy('place').pluck('request_id');
  const decide = async (taskId: string, verdict: 'approve' | 'deny', place = 0) => {
    const ids = await requestsOf(taskId);
    const answer = await api.as('admin').post(`/v1/access-requests/${ids[place]}/${verdict}`, {});
    expect(answer.status).toBe(200);
  };
  const told = (taskId: string) =>
    waitUntil('the program to be told', () => callee.received.find(({ json }) => json.task?.id === taskId));
  const deliveries = (taskId: string) => api.running.parts.knex('deliveries').where({ task_id: taskId });

  it('submits, reads and cancels its tasks with its own token, and the person sees them too', async () => {
    const { task } = (await submit()).body;
    expect((await client.get(`${REQUESTS}/${task.id}`)).body.task.status).toBe('pending');
    expect((await api.as('member').get(`${REQUESTS}/${task.id}`)).status).toBe(200);
    const asked = await api.as('member').get(`/v1/access-requests/${(await requestsOf(task.id))[0]}`);
    expect(asked.body.requester.id).toBe(api.idOf('member'));
    const other = httpClient(api.url, (await add({ name: 'other', resources: ['*'] })).token);
    const theirs = await other.get(`${REQUESTS}/${task.id}`);
    expect([theirs.status, theirs.body.type]).toEqual([404, `${URN}unknown_task`]);
    expect((await other.post(`${REQUESTS}/${task.id}/cancel`, {})).status).toBe(404);
    expect((await client.post(`${REQUESTS}/${task.id}/cancel`, {})).body.task.status).toBe('cancelled');
    const story = await api.as('owner').get(`/v1/audit-events?request_id=${(await requestsOf(task.id))[0]}`);
    expect(story.body.items.map((one: { details: { task?: object } }) => one.details.task)).toEqual([
      expect.objectContaining({ client: { id: added.id, name: 'gateway' } }),
      expect.objectContaining({ client: { id: added.id, name: 'gateway' } }),
    ]);
  });

  it('can do nothing else, for nothing else, and nothing at all once its right is taken', async () => {
    for (const path of ['/v1/me', '/v1/access-requests', '/v1/grants', '/v1/people']) {
      expect([path, (await client.get(path)).status]).toEqual([path, 401]);
    }
    expect((await client.post('/access/v1/evaluation', {})).status).toBe(401);
    const feature = { type: 'feature', id: 'cost-explorer' } as const;
    const beyond = await client.post(
      REQUESTS,
      submission(await sidecar.deny('member', { resource: feature }), { resource: feature }),
    );
    expect([beyond.status, beyond.body.code]).toEqual([403, 'not-allowed']);
    const { id, token } = await add({ name: 'short-lived', resources: ['*'] });
    const removed = await api.as('admin').send('DELETE', `/v1/access-clients/${id}`);
    expect(removed.status).toBe(204);
    const refused = await submit({}, httpClient(api.url, token));
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringContaining('invalid_token'),
    ]);
    expect((await api.as('member').post('/v1/access-clients', { name: 'x', resources: ['*'] })).status).toBe(403);
    expect((await api.as('admin').post('/v1/access-clients', { name: 'gateway', resources: ['*'] })).body.code).toBe(
      'already-exists',
    );
    const list = await api.as('admin').get('/v1/access-clients');
    expect(JSON.stringify(list.body)).not.toMatch(/hpc_|whsec_/);
  });

  it('names no actor that it is not', async () => {
    const chain = { id: added.id, act: { sub: 'agent', iss: 'https://agents.test' } };
    for (const actor of [{ id: 'somebody' }, chain]) {
      const refused = await submit({ client: { actor } });
      expect([refused.status, refused.body.errors[0].field]).toEqual([403, 'client.actor']);
    }
    const known = await submit({
      client: { id: 'gw-7', actor: { id: added.id }, source: { session_id: 's-1' }, 'hallpass.dev/x': 1 },
    });
    expect(known.status).toBe(202);
    const [request] = await requestsOf(known.body.task.id);
    const story = await api.as('owner').get(`/v1/audit-events?request_id=${request}`);
    expect(story.body.items[0].details.task.client).toMatchObject({ source: { session_id: 's-1' } });
  });

  it('is told once that a task is over, signed, with nothing that could be enforced', async () => {
    const callback = { endpoint: `${callee.url}/done`, state: 'opaque ☂' };
    const { task } = (await submit({ callback })).body;
    await decide(task.id, 'approve');
    const call = await told(task.id);
    const verified = new Webhook(added.callback_secret).verify(call.body, call.headers as Record<string, string>);
    expect(verified).toEqual({
      state: 'opaque ☂',
      task: { id: task.id, status: 'approved', status_endpoint: `${api.url}${REQUESTS}/${task.id}` },
    });
    expect(() =>
      new Webhook(`whsec_${SECRET_KEY}`).verify(call.body, call.headers as Record<string, string>),
    ).toThrow();
    await waitUntil('the delivery to be marked', async () => (await deliveries(task.id))[0]?.state === 'sent');
    expect(await deliveries(task.id)).toHaveLength(1);
  });

  it('is told of what it wants to hear of only', async () => {
    const callback = { endpoint: `${callee.url}/done`, events: ['approved'] };
    const denied = (await submit({ callback })).body.task;
    await decide(denied.id, 'deny');
    const approved = (await submit({ callback })).body.task;
    await decide(approved.id, 'approve');
    await told(approved.id);
    expect(await deliveries(denied.id)).toEqual([]);
  });

  it('is tried again so many times and no more, and is not led elsewhere', async () => {
    callee.answer = () => ({ status: 302, headers: { location: `${callee.url}/elsewhere` } });
    const { task } = (await submit({ callback: { endpoint: `${callee.url}/done` } })).body;
    await decide(task.id, 'approve');
    await waitUntil('the delivery to be given up', async () => (await deliveries(task.id))[0]?.state === 'dead');
    expect(callee.received.map(({ path }) => path)).toEqual(['/done', '/done', '/done']);
    expect(new Set(callee.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    callee.answer = () => ({ status: 204 });
    const [delivery] = await deliveries(task.id);
    expect((await api.as('admin').post(`/v1/deliveries/${delivery.id}/resend`, {})).status).toBeLessThan(300);
    await waitUntil('it to be sent after all', async () => (await deliveries(task.id))[0]?.state === 'sent');
  });

  it('is called where it was registered, and nowhere else', async () => {
    for (const endpoint of [`${callee.url}/other`, `${callee.url}/done?x=1`, 'https://example.com/cb']) {
      const refused = await submit({ callback: { endpoint } });
      expect([refused.status, refused.body.errors[0].field]).toEqual([422, 'callback.endpoint']);
    }
    const own = await api
      .as('member')
      .post(REQUESTS, submission(await sidecar.deny('member'), { callback: { endpoint: `${callee.url}/done` } }));
    expect([own.status, own.body.errors[0].field]).toEqual([422, 'callback.endpoint']);
    // Registered no more by the time there is something to tell.
    const gone = await add({ name: 'gone', resources: ['*'], callback_urls: [`${callee.url}/gone`] });
    const { task } = (await submit({ callback: { endpoint: `${callee.url}/gone` } }, httpClient(api.url, gone.token)))
      .body;
    await api.as('admin').send('DELETE', `/v1/access-clients/${gone.id}`);
    await decide(task.id, 'deny');
    await waitUntil('the delivery to be dropped', async () => (await deliveries(task.id))[0]?.state === 'dropped');
    expect(callee.received).toEqual([]);
  });

  it('gets an answer to each of several items, and to the whole of them', async () => {
    const { resource: _r, action: _a, denial: _d, ...plain } = submission({});
    const items = [
      { resource: PRODUCTION, action: read, denial: await sidecar.deny('member') },
      {
        resource: TARGET,
        action: read,
        denial: await sidecar.deny('member', { resource: TARGET }),
        requested_access: { requested_until: new Date(Date.now() + 900_000).toISOString() },
      },
    ];
    const callback = { endpoint: `${callee.url}/done`, events: ['partial'] };
    const submitted = await client.post(REQUESTS, { ...plain, items, callback });
    expect([submitted.status, submitted.body.detail]).toEqual([202, undefined]);
    const { task } = submitted.body;
    const [first, second] = await requestsOf(task.id);
    const asked = await api.as('member').get(`/v1/access-requests/${second}`);
    expect([asked.body.until, asked.body.bundle_id !== null, first === second]).toEqual([
      items[1]!.requested_access!.requested_until,
      true,
      false,
    ]);
    await decide(task.id, 'approve', 0);
    const half = (await client.get(`${REQUESTS}/${task.id}`)).body;
    expect(half.task.status).toBe('pending');
    expect(half.task.items.map((one: { status: string }) => one.status)).toEqual(['approved', 'pending']);
    expect(half.task.items[0].result.approval.id).toMatch(/^grt_/);
    await decide(task.id, 'deny', 1);
    expect((await told(task.id)).json.task.status).toBe('partial');
    const done = (await client.get(`${REQUESTS}/${task.id}`)).body;
    expect([done.task.status, done.result]).toEqual(['partial', undefined]);
    expect(
      done.task.items.map((one: { status: string; result?: object }) => [one.status, one.result !== undefined]),
    ).toEqual([
      ['approved', true],
      ['denied', false],
    ]);
    const late = await client.post(`${REQUESTS}/${task.id}/cancel`, {});
    expect([late.status, late.body.type]).toEqual([409, `${URN}invalid_task_state`]);
  });

  it('cancels what is pending of several, and leaves what is decided', async () => {
    const { resource: _r, action: _a, denial: _d, ...plain } = submission({});
    const items = [
      { resource: PRODUCTION, action: read, denial: await sidecar.deny('member') },
      { resource: TARGET, action: read, denial: await sidecar.deny('member', { resource: TARGET }) },
    ];
    const { task } = (await client.post(REQUESTS, { ...plain, items })).body;
    await decide(task.id, 'approve', 0);
    const cancelled = await client.post(`${REQUESTS}/${task.id}/cancel`, {});
    expect(cancelled.body.task.status).toBe('partial');
    expect(cancelled.body.task.items.map((one: { status: string }) => one.status)).toEqual(['approved', 'cancelled']);
  });

  it('finds keys and the schema where the metadata and the denial say, open to all', async () => {
    const anybody = httpClient(api.url, null);
    const metadata = (await anybody.get('/.well-known/authzen-configuration')).body;
    expect(metadata).toMatchObject({
      access_request_endpoint: api.url + REQUESTS,
      jwks_uri: `${api.url}/access/v1/jwks`,
      capabilities: ['urn:openid:authzen:capability:access-request'],
    });
    const jwks = await anybody.get('/access/v1/jwks');
    expect([jwks.status, jwks.headers.get('cache-control')]).toEqual([200, 'public, max-age=60']);
    expect(jwks.body.keys.map((key: { iss: string }) => key.iss)).toEqual(
      expect.arrayContaining([api.url, 'http://proxy.test']),
    );
    for (const key of jwks.body.keys) {
      expect(key).toMatchObject({ kty: 'OKP', crv: 'Ed25519', use: 'sig', kid: expect.any(String) });
      expect(key.d).toBeUndefined();
    }
    const approvalKeys = (await anybody.get('/.well-known/hallpass-approval-keys.json')).body.keys;
    expect(approvalKeys).toHaveLength(1);
    const schema = (await anybody.get('/access/v1/request-schema')).body;
    expect(schema).toMatchObject({
      type: 'object',
      required: ['context'],
      properties: { context: { required: ['business_justification'] } },
    });
  });

  it('is told of a version that is not served, with those that are', async () => {
    const body = submission(await sidecar.deny('member'));
    const refused = await client.post(REQUESTS, body, { 'access-request-profile': 'draft-9' });
    expect([refused.status, refused.body.code, refused.body.versions]).toEqual([400, 'unknown-version', ['draft-1']]);
    const taken = await client.post(REQUESTS, body, { 'access-request-profile': 'draft-1' });
    expect([taken.status, taken.headers.get('access-request-profile')]).toEqual([202, 'draft-1']);
  });
});
