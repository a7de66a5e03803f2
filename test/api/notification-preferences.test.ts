import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startAdminApi, type TestAdminApi } from '../support/admin-api.ts';
import { startMailServer, type MailServer } from '../support/mail-server.ts';
import { outboundSettings } from '../support/outbound-settings.ts';
import { PROFILES } from '../support/test-services.ts';
import { waitUntil } from '../support/wait-until.ts';

const PRODUCTION = { type: 'connection', id: 'aws-production' };

interface EventView {
  readonly event_type: string;
  readonly channels: Record<string, unknown>;
}

describe.each(PROFILES)('notification preferences, %s', (profile) => {
  let mail: MailServer;
  let api: TestAdminApi;
  beforeAll(async () => {
    mail = await startMailServer();
    api = await startAdminApi(profile, outboundSettings(mail));
    await api.startWorker();
  });
  afterAll(async () => {
    await api?.stop();
    await mail.stop();
  });

  const put = (name: string, path: string, body: unknown) =>
    api.as(name).send('PUT', `/v1/${path}`, {
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });
  const prefer = (name: string, body: unknown) => put(name, 'notification-preferences', body);
  const own = async (name: string, event: string) => {
    const { body } = await api.as(name).get('/v1/notification-preferences');
    return body.events.find((one: EventView) => one.event_type === event).channels;
  };
  const denied = async (name: string) => {
    const asked = await api
      .as(name)
      .post('/v1/access-requests', { resource: PRODUCTION, reason: 'why', duration_seconds: 60 });
    expect(asked.status).toBe(201);
    await api.as('owner').post(`/v1/access-requests/${asked.body.id}/deny`, { reason: 'No.' });
    return asked.body.id as string;
  };
  const deliveryOf = (name: string, requestId: string) =>
    waitUntil(`a delivery to ${name}`, async () => {
      const { body } = await api.as('admin').get(`/v1/deliveries?request=${requestId}&person=${api.idOf(name)}`);
      return body.items.find((one: { event_type: string }) => one.event_type === 'request-denied');
    });

  it('begin with everything on, at once, in the console always', async () => {
    const { body } = await api.as('viewer').get('/v1/notification-preferences');
    expect(body.channels).toEqual([
      { channel: 'in-app', configured: true, connected: true, address: null },
      { channel: 'email', configured: true, connected: true, address: 'viewer@example.com' },
      { channel: 'slack', configured: false, connected: false, address: null },
    ]);
    expect(body.digest).toEqual({ mode: 'at-once', at_hour: 9, time_zone: 'UTC' });
    expect(body.mute_until).toBeNull();
    expect(body.events.map((event: EventView) => event.event_type)).toEqual([
      'request-submitted',
      'request-reminder',
      'break-glass',
      'request-approved',
      'request-denied',
      'request-expired',
      'access-given',
      'access-extended',
      'access-expiring',
      'access-expired',
      'access-revoked',
    ]);
    expect(await own('viewer', 'request-denied')).toEqual({
      'in-app': { on: true, locked: true, default: true },
      email: { on: true, locked: false, default: true },
      slack: { on: true, locked: false, default: true },
    });
    expect((await own('viewer', 'break-glass'))['email']).toEqual({ on: true, locked: true, default: true });
  });

  it('follow the team until the person chooses, and the team where it insists', async () => {
    const policy = (setting: string) =>
      put('admin', 'notification-policy', { events: [{ event_type: 'access-given', channels: { email: setting } }] });
    expect((await policy('off')).status).toBe(200);
    expect((await own('viewer', 'access-given'))['email']).toEqual({ on: false, locked: false, default: false });
    // Sending back what was read chooses nothing.
    const read = (await api.as('viewer').get('/v1/notification-preferences')).body;
    const echo = read.events
      .filter((event: EventView) => event.event_type !== 'break-glass')
      .map((event: { event_type: string; channels: { email: { on: boolean } } }) => ({
        event_type: event.event_type,
        channels: { 'in-app': true, email: event.channels.email.on },
      }));
    expect((await prefer('viewer', { events: echo, digest: read.digest, mute_until: null })).status).toBe(200);
    await policy('on');
    expect((await own('viewer', 'access-given'))['email']).toMatchObject({ on: true });

    await prefer('viewer', { events: [{ event_type: 'access-given', channels: { email: false } }] });
    await policy('off');
    await policy('on');
    expect((await own('viewer', 'access-given'))['email']).toMatchObject({ on: false, default: true });
    await policy('mandatory');
    expect((await own('viewer', 'access-given'))['email']).toEqual({ on: true, locked: true, default: true });
    const refused = await prefer('viewer', { events: [{ event_type: 'access-given', channels: { email: false } }] });
    expect([refused.status, refused.body.errors[0].field]).toEqual([422, 'events.0.channels.email']);
    await policy('on');
    await prefer('viewer', { events: [{ event_type: 'access-given', channels: { email: null } }] });
    expect((await own('viewer', 'access-given'))['email']).toMatchObject({ on: true });
  });

  it('are changed by oneself, the policy by Admins, and both are audited once per change', async () => {
    expect((await put('member', 'notification-policy', { events: [] })).status).toBe(403);
    expect((await api.as('member').get('/v1/notification-policy')).status).toBe(403);
    const count = async () =>
      (await api.as('admin').get('/v1/audit-events?type=notification-preferences.changed&limit=200')).body.items.length;
    const before = await count();
    await prefer('member2', { digest: { mode: 'hourly' } });
    await prefer('member2', { digest: { mode: 'hourly' } });
    expect(await count()).toBe(before + 1);
    await prefer('member2', { digest: { mode: 'at-once' } });
    const policy = await api.as('admin').get('/v1/audit-events?type=notification-policy.changed&limit=1');
    expect(policy.body.items[0].details.changes).toEqual([
      { event_type: 'access-given', channel: 'email', from: 'mandatory', to: 'on' },
    ]);
  });

  it('name the field that is wrong', async () => {
    for (const [body, field] of [
      [{ digest: { time_zone: 'Mars/Olympus' } }, 'digest.time_zone'],
      [{ digest: { at_hour: 24 } }, 'digest.at_hour'],
      [{ mute_until: 'tomorrow' }, 'mute_until'],
      [{ events: [{ event_type: 'nothing', channels: {} }] }, 'events.0.event_type'],
      [{ events: [{ event_type: 'access-given', channels: { 'in-app': false } }] }, 'events.0.channels.in-app'],
    ] as const) {
      const answer = await prefer('member', body);
      expect([answer.status, answer.body.errors[0].field]).toEqual([422, field]);
    }
  });

  it('mute everything but the console until a time', async () => {
    await prefer('member', { mute_until: new Date(Date.now() + 3_600_000).toISOString() });
    const delivery = await deliveryOf('member', await denied('member'));
    expect(delivery).toMatchObject({ state: 'dropped', reason: 'muted' });
    await waitUntil('the console to tell', async () => {
      const { body } = await api.as('member').get('/v1/notifications?limit=1');
      return /was denied/.test(body.items[0]?.title);
    });
    await prefer('member', { mute_until: null });
    expect(mail.mails.filter((one) => one.to === 'member@example.com' && one.joined.includes('denied'))).toEqual([]);
  });

  it('put together what happened until the time the person chose, once', async () => {
    await prefer('member2', { digest: { mode: 'daily', at_hour: 9, time_zone: 'Europe/Berlin' } });
    const ids = [await denied('member2'), await denied('member2'), await denied('member2')];
    const held = await Promise.all(ids.map((id) => deliveryOf('member2', id)));
    expect(held.map((one) => one.state)).toEqual(['held', 'held', 'held']);
    const due = new Set(held.map((one) => one.next_attempt_at));
    expect([...due].map((time) => time.slice(11))).toEqual([expect.stringMatching(/^0[78]:00:00.000Z$/)]);
    // The time has come.
    const { knex } = api.running.parts;
    await knex('deliveries').where({ state: 'held' }).update({ next_attempt_at: new Date() });
    const digest = await mail.waitFor('member2@example.com', /^3 notifications: /);
    for (const id of ids) expect(digest.text).toContain(`/access-requests/${id}`);
    await waitUntil('the marks', async () =>
      (await Promise.all(ids.map((id) => deliveryOf('member2', id)))).every((one) => one.state === 'sent'),
    );
    expect(mail.mails.filter((one) => one.to === 'member2@example.com' && one.joined.includes('denied'))).toHaveLength(
      1,
    );
  });

  it('send what was held as soon as its person wants everything at once', async () => {
    const id = await denied('member2');
    expect((await deliveryOf('member2', id)).state).toBe('held');
    await prefer('member2', { digest: { mode: 'at-once' } });
    await waitUntil('the mail', async () => (await deliveryOf('member2', id)).state === 'sent');
  });

  it('leave out of a digest what no longer matters when it is due', async () => {
    await prefer('admin', { digest: { mode: 'daily' } });
    const asked = await api
      .as('member')
      .post('/v1/access-requests', { resource: PRODUCTION, reason: 'late', duration_seconds: 60 });
    const ofAdmin = async () =>
      (await api.as('owner').get(`/v1/deliveries?request=${asked.body.id}&person=per_demo_admin`)).body.items[0];
    await waitUntil('it to be held', async () => (await ofAdmin())?.state === 'held');
    await api.as('owner').post(`/v1/access-requests/${asked.body.id}/deny`, {});
    await prefer('admin', { digest: { mode: 'at-once' } });
    await waitUntil('it to be left out', async () => (await ofAdmin()).state === 'dropped');
    expect(await ofAdmin()).toMatchObject({ reason: 'no-longer-matters', last_error: null });
    expect(mail.mails.some((one) => one.to === 'admin@example.com' && one.joined.includes(asked.body.id))).toBe(false);
  });
});

describe('the console alone', () => {
  it('says that mail is not connected where none is set up, and keeps no deliveries for it', async () => {
    const api = await startAdminApi();
    await api.startWorker();
    const { body } = await api.as('member').get('/v1/notification-preferences');
    expect(body.channels[1]).toEqual({ channel: 'email', configured: false, connected: false, address: null });
    await api.as('member').post('/v1/access-requests', { resource: PRODUCTION, reason: 'why', duration_seconds: 60 });
    const unread = async () => (await api.as('admin').get('/v1/notifications/count?unread=true')).body.count;
    await waitUntil('the console to tell', async () => (await unread()) === 1);
    expect((await api.as('admin').get('/v1/deliveries')).body.items).toEqual([]);
    const read = await api.as('admin').post('/v1/notifications/read-all', {});
    expect([read.status, read.body, await unread()]).toEqual([200, { marked: 1 }, 0]);
    expect((await api.as('admin').get('/v1/notifications/count')).body).toEqual({ count: 1 });
    expect((await api.as('owner').get('/v1/notifications/count?unread=true')).body).toEqual({ count: 1 });
    await api.stop();
  });
});
