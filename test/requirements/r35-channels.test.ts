import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startMailServer, type MailServer } from '../support/mail-server.ts';
import { outboundSettings } from '../support/outbound-settings.ts';
import { startSlackInstallation, type SlackInstallation } from '../support/slack-installation.ts';
import { PROFILES } from '../support/test-services.ts';
import { waitUntil } from '../support/wait-until.ts';
import { ask, notified } from './requirement.ts';

describe.each(PROFILES)('R35: told in-app, by Slack if connected, by email, as each person prefers (%s)', (profile) => {
  let here: SlackInstallation;
  let mail: MailServer;
  beforeAll(async () => {
    mail = await startMailServer();
    here = await startSlackInstallation(profile, outboundSettings(mail));
    await here.api.startWorker();
  }, 60_000);
  afterAll(async () => {
    await here?.stop();
    await mail?.stop();
  });

  const prefer = (name: string, channels: object) =>
    here.api.as(name).send('PUT', '/v1/notification-preferences', {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ events: [{ event_type: 'request-denied', channels }] }),
    });
  const inSlack = (name: string) =>
    here.slack.workspace
      .messagesTo(here.userOf(name))
      .filter((message) => JSON.stringify(message).includes('was denied'));
  const denied = async (name: string) => {
    const request = await ask(here.api, name);
    await here.api.as('owner').post(`/v1/access-requests/${request.id}/deny`, { reason: 'Use staging.' });
    await notified(here.api, name, /was denied$/);
  };

  it('everything, where nothing was chosen and Slack is connected', async () => {
    await here.link('member');
    await denied('member');
    const letter = await mail.waitFor('member@example.com', /denied/);
    expect(letter.text).toContain('Use staging.');
    expect(letter.html).toContain('Use staging.');
    await waitUntil('the message in Slack', () => inSlack('member').length === 1);
  });

  it('no Slack where it is not connected, no mail where it is not wanted, in-app always', async () => {
    expect((await prefer('member2', { email: false })).status).toBe(200);
    await denied('member2');
    // Everything of this request has been decided about once its deliveries are settled.
    await waitUntil('nothing to be on its way', async () => {
      const { body } = await here.api.as('admin').get('/v1/deliveries?state=pending');
      return body.items.length === 0;
    });
    expect((await mail.to('member2@example.com')).filter(({ subject }) => /denied/.test(subject ?? ''))).toEqual([]);
    expect(inSlack('member2')).toEqual([]);
  });

  it('in-app can not be turned off', async () => {
    const refused = await prefer('member', { 'in-app': false });
    expect(refused.status).toBe(422);
    expect(refused.headers.get('content-type')).toMatch(/problem\+json/);
  });
});
