import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { simpleParser } from 'mailparser';
import { startAdminApi, type TestAdminApi } from '../support/admin-api.ts';
import { startMailServer, type MailServer } from '../support/mail-server.ts';
import { outboundSettings } from '../support/outbound-settings.ts';
import { PROFILES } from '../support/test-services.ts';
import { waitUntil } from '../support/wait-until.ts';

const PRODUCTION = { type: 'connection', id: 'aws-production' };

describe.each(PROFILES)('mail, %s', (profile) => {
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

  const ask = async (reason: string, duration = 3_600) => {
    const body = { resource: PRODUCTION, reason, duration_seconds: duration };
    const asked = await api.as('member').post('/v1/access-requests', body);
    expect(asked.status).toBe(201);
    return asked.body;
  };
  const deliveriesOf = async (query: string) => (await api.as('admin').get(`/v1/deliveries?${query}`)).body.items;

  it('tells the reviewers of a request and the requester of its fate, in text and HTML, with one way to the page', async () => {
    const request = await ask('INC-1 <b>bold</b> & "more"\n\nsecond line');
    const toAdmin = await mail.waitFor('admin@example.com', /Mia Member asks for connection:aws-production/);
    await mail.waitFor('admin2@example.com', /Mia Member asks/);
    await mail.waitFor('owner@example.com', /Mia Member asks/);
    const url = `${api.url}/review/${request.id}`;
    expect(toAdmin.text).toContain('For 1 hour. Reason: INC-1 <b>bold</b> & "more"');
    expect(toAdmin.text).toContain(`Review the request: ${url}`);
    expect(toAdmin.html).toContain('INC-1 &lt;b&gt;bold&lt;/b&gt; &amp; &quot;more&quot;');
    expect(toAdmin.html).not.toContain('<b>bold');
    expect(String(toAdmin.html).match(/class="button" href="([^"]+)"/g)).toEqual([`class="button" href="${url}"`]);
    expect(toAdmin.html).toContain('prefers-color-scheme: dark');
    expect(toAdmin.from?.text).toBe('"Hallpass" <access@hallpass.example>');
    expect(toAdmin.headers.get('auto-submitted')).toBe('auto-generated');

    const [delivery] = await deliveriesOf(`request=${request.id}&person=per_demo_admin`);
    expect(delivery).toMatchObject({ channel: 'email', state: 'sent', attempts: 1, event_type: 'request-submitted' });
    expect(toAdmin.messageId).toBe(`<${delivery.id}@hallpass.example>`);
    expect(delivery.external_ref).toBe(toAdmin.messageId);

    const decided = await api.as('admin').post(`/v1/access-requests/${request.id}/approve`, {});
    const approved = await mail.waitFor('member@example.com', /You have access: connection:aws-production/);
    expect(approved.text).toContain(`Open the request: ${api.url}/access-requests/${request.id}`);
    await api.as('admin').post(`/v1/grants/${decided.body.grant.id}/revoke`, {});
    await mail.waitFor('member@example.com', /connection:aws-production was revoked/);
  });

  it('says why it was denied, and shows times as people read them, in their zone', async () => {
    const member = api.as('member2');
    const put = (body: unknown) =>
      member.send('PUT', '/v1/notification-preferences', {
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      });
    expect((await put({ digest: { time_zone: 'Asia/Kolkata' } })).status).toBe(200);
    const granted = await api.as('admin').post('/v1/grants', {
      subject_id: api.idOf('member2'),
      resource: PRODUCTION,
      duration_seconds: 86_400,
    });
    expect(granted.status).toBe(201);
    const given = await mail.waitFor('member2@example.com', /You were given connection:aws-production/);
    const end = new Intl.DateTimeFormat('en-GB', {
      timeZone: 'Asia/Kolkata',
      dateStyle: 'medium',
      timeStyle: 'short',
    }).format(new Date(granted.body.grant.expires_at));
    expect(given.text).toContain(`Until ${end} GMT+5:30.`);
    expect(given.text).not.toMatch(/\d{4}-\d\d-\d\dT/);
  });

  it('lets nothing that people type become a header or a second recipient', async () => {
    const { knex } = api.running.parts;
    await knex('people')
      .where({ id: api.idOf('viewer') })
      .update({ name: 'Vera\r\nBcc: evil@example.com\r\n\r\n<script>alert(1)</script>' });
    const asked = await api
      .as('viewer')
      .post('/v1/access-requests', { resource: PRODUCTION, reason: 'x\r\nSubject: other', duration_seconds: 60 });
    expect(asked.status).toBe(201);
    const got = await mail.waitFor('admin@example.com', /Vera/);
    expect(got.subject).toBe('Vera Bcc: evil@example.com <script>alert(1)</script> asks for connection:aws-production');
    expect(got.bcc).toBeUndefined();
    expect(got.html).not.toContain('<script>');
    expect([...new Set(mail.mails.map((one) => one.to))].filter((to) => to.includes('evil'))).toEqual([]);
    const raw = mail.mails.find((one) => one.raw.includes('Vera') && one.to === 'admin@example.com')!.raw;
    expect(raw.split('\r\n\r\n')[0]).not.toMatch(/^Bcc:/im);
  });

  it('does not wait for a mail server that is away, and sends when it is back', async () => {
    await mail.stop();
    const request = await ask('while away', 7_200);
    await waitUntil('a failed attempt', async () =>
      (await deliveriesOf(`request=${request.id}`)).find(
        (one: { attempts: number; state: string; last_error: string | null }) =>
          one.attempts > 1 && one.state === 'pending' && one.last_error !== null,
      ),
    );
    // The console was told meanwhile.
    const told = await api.as('admin').get('/v1/notifications?limit=5');
    expect(told.body.items[0]).toMatchObject({ link: `/review/${request.id}` });
    const back = await startMailServer(mail.port);
    await waitUntil('all to be marked', async () => {
      const states = (await deliveriesOf(`request=${request.id}`)).map((one: { state: string }) => one.state);
      return states.length === 3 && states.every((state: string) => state === 'sent');
    });
    const about = back.mails.filter((one) => one.joined.includes(request.id)).map((one) => one.to);
    expect(about.toSorted()).toEqual(['admin2@example.com', 'admin@example.com', 'owner@example.com']);
    expect((await api.as('member').post(`/v1/access-requests/${request.id}/cancel`, {})).status).toBe(200);
    await back.stop();
    mail = await startMailServer(mail.port);
  });

  it('gives up at once where the address is refused, and on request of an Admin tries again', async () => {
    mail.answer = (address) => (address === 'member@example.com' ? { code: 550, text: 'no such mailbox' } : null);
    const request = await ask('refused', 60);
    await api.as('admin').post(`/v1/access-requests/${request.id}/deny`, { reason: 'No.' });
    const dead = await waitUntil(
      'a dead delivery',
      async () => (await deliveriesOf(`state=dead&channel=email&request=${request.id}`))[0],
    );
    expect(dead).toMatchObject({ reason: 'refused', attempts: 1, person: { email: 'member@example.com' } });
    expect(dead.last_error).toContain('no such mailbox');
    mail.answer = () => null;
    const resent = await api.as('admin').post(`/v1/deliveries/${dead.id}/resend`, {});
    expect([resent.status, resent.body.state, resent.body.attempts]).toEqual([200, 'pending', 0]);
    const got = await mail.waitFor('member@example.com', /was denied/);
    expect(got.messageId).toBe(`<${dead.id}@hallpass.example>`);
    await waitUntil(
      'it to be marked',
      async () => (await deliveriesOf(`request=${request.id}&state=sent`)).length >= 1,
    );
    const again = await api.as('admin').post(`/v1/deliveries/${dead.id}/resend`, {});
    expect([again.status, again.body.code]).toEqual([409, 'conflict']);
    expect((await api.as('member').get('/v1/deliveries')).status).toBe(403);
  });

  it('can be turned off from the mail itself with one press, which opening the link is not', async () => {
    const latest = mail.mails.find((one) => one.to === 'member@example.com' && one.joined.includes('was denied'));
    const headers = (await simpleParser(latest!.raw)).headers;
    const header = latest!.raw.replaceAll(/\r\n\s+/g, ' ').match(/^List-Unsubscribe: <([^>]+)>$/m);
    expect(latest!.raw).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click$/m);
    expect(headers.has('list')).toBe(true);
    const link = header![1]!;
    expect(link).toMatch(new RegExp(`^${api.url}/mail/unsubscribe\\?token=`));
    const own = async () =>
      (await api.as('member').get('/v1/notification-preferences')).body.events.find(
        (event: { event_type: string }) => event.event_type === 'request-denied',
      ).channels.email.on;

    const opened = await fetch(link);
    expect([opened.status, await own()]).toEqual([200, true]);
    expect(await opened.text()).toContain('<form method="post"');
    const pressed = await fetch(link, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'List-Unsubscribe=One-Click',
    });
    expect([pressed.status, await own()]).toEqual([200, false]);
    expect((await fetch(`${link}x`, { method: 'POST' })).status).toBe(404);
    expect((await fetch(`${api.url}/mail/unsubscribe?token=e30.AA`, { method: 'POST' })).status).toBe(404);

    const request = await ask('unsubscribed', 120);
    await api.as('admin').post(`/v1/access-requests/${request.id}/deny`, {});
    const dropped = await waitUntil(
      'the delivery to be left out',
      async () => (await deliveriesOf(`request=${request.id}&state=dropped&person=per_demo_member`))[0],
    );
    expect(dropped).toMatchObject({ reason: 'turned-off', attempts: 0 });
    const audited = await api.as('admin').get('/v1/audit-events?type=notification-preferences.changed&limit=1');
    expect(audited.body.items[0].summary).toBe(
      'Mia Member changed their notification preferences by a link in a mail.',
    );
  });
});
