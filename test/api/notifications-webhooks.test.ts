import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { startAdminApi, type TestAdminApi } from '../support/admin-api.ts';
import { outboundSettings } from '../support/outbound-settings.ts';
import { PROFILES } from '../support/test-services.ts';
import { waitUntil } from '../support/wait-until.ts';
import { startWebhookReceiver, type ReceivedWebhook, type WebhookReceiver } from '../support/webhook-receiver.ts';

const PRODUCTION = { type: 'connection', id: 'aws-production' };

const verify = (secret: string, call: ReceivedWebhook) =>
  new Webhook(secret).verify(call.body, call.headers as Record<string, string>);

describe.each(PROFILES)('webhooks, %s', (profile) => {
  let api: TestAdminApi;
  let other: WebhookReceiver;
  beforeAll(async () => {
    other = await startWebhookReceiver();
    api = await startAdminApi(profile, { ...outboundSettings(null), HALLPASS_DELIVERY_ATTEMPTS: '4' });
    await api.startWorker();
  });
  afterAll(async () => {
    await api?.stop();
    await other.stop();
  });
  beforeEach(() => {
    other.received.length = 0;
    other.answer = () => ({ status: 204 });
  });

  const admin = () => api.as('admin');
  const send = (method: string, path: string, body: unknown) =>
    admin().send(method, path, { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
  const add = async (terms: Record<string, unknown> = {}) => {
    const added = await admin().post('/v1/webhooks', { url: `${other.url}/in`, ...terms });
    expect(added.status).toBe(201);
    return added.body as { id: string; secret: string };
  };
  const remove = (id: string) => send('DELETE', `/v1/webhooks/${id}`, undefined);
  const denied = async (reason: string) => {
    const asked = await api
      .as('member')
      .post('/v1/access-requests', { resource: PRODUCTION, reason, duration_seconds: 60 });
    expect(asked.status).toBe(201);
    await admin().post(`/v1/access-requests/${asked.body.id}/deny`, { reason: 'No.' });
    return asked.body.id as string;
  };
  const deliveriesOf = async (query: string) =>
    (await admin().get(`/v1/deliveries?channel=webhook&${query}`)).body.items;

  it('show a secret again to who repeats the same key, and keep it nowhere in plain', async () => {
    const headers = { 'idempotency-key': crypto.randomUUID() };
    const terms = { url: `${other.url}/once`, event_types: ['grant.revoked'] };
    const first = await admin().post('/v1/webhooks', terms, headers);
    const second = await admin().post('/v1/webhooks', terms, headers);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect(second.body).toEqual(first.body);
    const kept = await api.running.parts.knex('idempotency_keys').where({ key: headers['idempotency-key'] }).first();
    expect(kept.status).toBe(201);
    expect(first.body.secret).toMatch(/^whsec_/);
    expect(JSON.stringify(kept)).not.toContain(first.body.secret);
    await remove(first.body.id);
  });

  it('are told of what happened, signed so that the receiver can tell, without a secret in it', async () => {
    const hook = await add({ event_types: ['access-request.submitted', 'access-request.denied'], description: 'SIEM' });
    expect(hook.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const listed = await admin().get(`/v1/webhooks/${hook.id}`);
    expect(listed.text).not.toContain('whsec_');
    const [stored] = await api.running.parts.knex('webhooks').where({ id: hook.id });
    expect(stored.secret).not.toContain(hook.secret.slice('whsec_'.length));

    const requestId = await denied('INC-7');
    const call = await other.waitFor('access-request.denied');
    expect(verify(hook.secret, call)).toEqual(call.json);
    expect(() => verify(`whsec_${Buffer.alloc(32).toString('base64')}`, call)).toThrow();
    expect(() => verify(hook.secret, { ...call, body: call.body.replace('denied', 'approved') })).toThrow();
    expect(call.headers['webhook-id']).toBe(call.json.id);
    expect(call.headers['content-type']).toBe('application/json');
    expect(call.json).toMatchObject({
      type: 'access-request.denied',
      timestamp: expect.stringMatching(/Z$/),
      data: {
        request_id: requestId,
        subject: { id: 'per_demo_member', email: 'member@example.com' },
        entitlement: { kind: 'resource', resource: PRODUCTION },
        request: { reason: 'INC-7', duration_seconds: 60 },
        links: { page: `${api.url}/review/${requestId}` },
      },
    });
    const sent = await waitUntil('both to be marked', async () => {
      const items = await deliveriesOf(`webhook=${hook.id}&state=sent`);
      return items.length === 2 ? items : null;
    });
    expect(sent[0]).toMatchObject({ webhook: { id: hook.id }, response: { status: 204, excerpt: '' }, attempts: 1 });
    // Once per event, and only of the types it asked for.
    expect(other.received.map((one) => one.json.type).toSorted()).toEqual([
      'access-request.denied',
      'access-request.submitted',
    ]);
    await remove(hook.id);
  });

  it('sign with both secrets while one takes over from the other', async () => {
    const hook = await add({ event_types: ['access-request.denied'] });
    const rotated = await admin().post(`/v1/webhooks/${hook.id}/rotate-secret`, {});
    expect(rotated.status).toBe(200);
    expect(rotated.body.secret).not.toBe(hook.secret);
    await denied('rotation');
    const call = await other.waitFor('access-request.denied');
    expect(String(call.headers['webhook-signature']).split(' ')).toHaveLength(2);
    expect([verify(hook.secret, call), verify(rotated.body.secret, call)]).toEqual([call.json, call.json]);
    // Its time over, the old one signs no more.
    await api.running.parts
      .knex('webhooks')
      .where({ id: hook.id })
      .update({ previous_until: new Date(0) });
    other.received.length = 0;
    await denied('after the overlap');
    const later = await other.waitFor('access-request.denied');
    expect(verify(rotated.body.secret, later)).toEqual(later.json);
    expect(() => verify(hook.secret, later)).toThrow();
    await remove(hook.id);
  });

  it('are tried again with the same id, and dead after so many attempts, for an Admin to see and send again', async () => {
    const hook = await add({ event_types: ['access-request.denied'] });
    other.answer = () => ({ status: 503, body: `${'x'.repeat(5_000)}secret tail` });
    await denied('503');
    const dead = await waitUntil('a dead one', async () => (await deliveriesOf(`webhook=${hook.id}&state=dead`))[0]);
    expect(dead).toMatchObject({ attempts: 4, reason: 'gave up after 4 attempts', last_error: 'answered 503' });
    expect(dead.response).toEqual({ status: 503, excerpt: 'x'.repeat(1_024) });
    expect(other.received).toHaveLength(4);
    expect(new Set(other.received.map((call) => call.headers['webhook-id'])).size).toBe(1);
    expect(new Set(other.received.map((call) => call.body)).size).toBe(1);
    other.answer = () => ({ status: 200 });
    await admin().post(`/v1/deliveries/${dead.id}/resend`, {});
    await waitUntil('it to arrive', async () => (await deliveriesOf(`webhook=${hook.id}&state=sent`))[0]);
    expect(other.received.at(-1)?.headers['webhook-id']).toBe(other.received[0]?.headers['webhook-id']);
    await remove(hook.id);
  });

  it('follow no redirect, and turn themselves off for who is gone', async () => {
    const hook = await add({ event_types: ['access-request.denied'] });
    other.answer = () => ({ status: 302, headers: { location: `${other.url}/elsewhere` } });
    await denied('redirect');
    const dead = await waitUntil('a dead one', async () => (await deliveriesOf(`webhook=${hook.id}&state=dead`))[0]);
    expect(dead.last_error).toBe('answered 302');
    expect(other.received.map((call) => call.path)).toEqual(['/in', '/in', '/in', '/in']);
    other.answer = () => ({ status: 410 });
    await denied('gone');
    await waitUntil('it to be off', async () => !(await admin().get(`/v1/webhooks/${hook.id}`)).body.enabled);
    expect((await admin().get(`/v1/webhooks/${hook.id}`)).body.disabled_reason).toBe('It answered 410 Gone.');
    const refused = await admin().post(`/v1/deliveries/${dead.id}/resend`, {});
    expect([refused.status, refused.body.detail]).toEqual([
      409,
      'The webhook is turned off. It answered 410 Gone. Turn it on first.',
    ]);
    await remove(hook.id);
  });

  it('can be tried out, changed and deleted, all of it in the audit', async () => {
    const hook = await add();
    const tried = await admin().post(`/v1/webhooks/${hook.id}/test`, {});
    expect(tried.status).toBe(202);
    const call = await other.waitFor('webhook.test');
    expect(verify(hook.secret, call)).toEqual(call.json);
    await waitUntil(
      'the mark',
      async () => (await admin().get(`/v1/deliveries/${tried.body.delivery_id}`)).body.state === 'sent',
    );
    const terms = { url: `${other.url}/other`, enabled: false };
    const changed = await send('PUT', `/v1/webhooks/${hook.id}`, terms);
    expect(changed.body).toMatchObject({ ...terms, event_types: [] });
    await remove(hook.id);
    expect((await admin().get(`/v1/webhooks/${hook.id}`)).status).toBe(404);
    expect((await admin().get('/v1/webhooks')).body.items).toEqual([]);
    const audited = await admin().get('/v1/audit-events?limit=5');
    expect(audited.body.items.map((entry: { type: string }) => entry.type).slice(0, 4)).toEqual([
      'webhook.deleted',
      'webhook.changed',
      'webhook.tested',
      'webhook.created',
    ]);
    expect(audited.text).not.toContain('whsec_');
    expect((await api.as('member').get('/v1/webhooks')).status).toBe(403);
  });
});

describe('webhooks that may not be', () => {
  it('need the key that secrets are kept under', async () => {
    const api = await startAdminApi();
    const answer = await api.as('admin').post('/v1/webhooks', { url: 'https://hooks.example.com/in' });
    expect([answer.status, answer.body.setting]).toEqual([409, 'HALLPASS_SECRET_KEY']);
    expect(answer.body.detail).toContain('HALLPASS_SECRET_KEY');
    await api.stop();
  });

  it('call nothing inside the network, by address or by name', async () => {
    const inside = await startWebhookReceiver();
    const api = await startAdminApi('embedded', {
      ...outboundSettings(null),
      HALLPASS_WEBHOOK_ALLOW_PRIVATE: 'false',
      HALLPASS_DELIVERY_ATTEMPTS: '1',
    });
    const add = (url: string) => api.as('admin').post('/v1/webhooks', { url });
    for (const url of [
      'http://hooks.example.com/',
      'https://127.0.0.1/',
      'https://[::1]/',
      'https://[::ffff:10.0.0.1]/',
      'https://169.254.169.254/latest/meta-data/',
      'https://2130706433/',
      'https://0x7f.1/',
      'https://user:password@hooks.example.com/',
      'ftp://hooks.example.com/',
    ]) {
      const answer = await add(url);
      expect([url, answer.status, answer.body.errors?.[0]?.field]).toEqual([url, 422, 'url']);
    }
    // A name that leads inside is found out when it is called.
    await api.startWorker();
    const hook = await add(`https://localhost:${new URL(inside.url).port}/`);
    const tried = await api.as('admin').post(`/v1/webhooks/${hook.body.id}/test`, {});
    const dead = await waitUntil('it to be given up', async () => {
      const { body } = await api.as('admin').get(`/v1/deliveries/${tried.body.delivery_id}`);
      return body.state === 'dead' ? body : null;
    });
    expect(dead.last_error).toContain('localhost is not on the public internet');
    expect(inside.received).toEqual([]);
    await api.stop();
    await inside.stop();
  });
});
