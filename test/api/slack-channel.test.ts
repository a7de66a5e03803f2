import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  DeliveryRefused,
  RetryLater,
  type MessageNotice,
  type OutgoingMessage,
} from '../../admin-api/notifications/notification-channel.ts';
import { buttonsOf, textsOf } from '../support/slack-blocks.ts';
import { startSlackInstallation, type SlackInstallation } from '../support/slack-installation.ts';
import { PROFILES } from '../support/test-services.ts';

const NASTY = '<!channel> <@U0ADMIN> <https://evil.example|a link> *bold* & :tada: @here';
const NASTY_ESCAPED = '&lt;!channel&gt; &lt;@U0ADMIN&gt; &lt;https://evil.example|a link&gt; *bold* &amp; :tada: @here';

const notice = (more: Partial<MessageNotice> = {}): MessageNotice => ({
  event_type: 'access-expiring',
  title: 'Production logs ends soon',
  body: NASTY,
  link: '/my-access',
  request_id: null,
  grant_id: null,
  created_at: new Date().toISOString(),
  ...more,
});

describe.each(PROFILES)('the Slack channel (%s)', (profile) => {
  let here: SlackInstallation;
  beforeAll(async () => {
    here = await startSlackInstallation(profile);
    for (const name of ['admin', 'member']) await here.link(name);
  });
  afterAll(() => here.stop());

  const message = (more: Partial<OutgoingMessage> = {}): OutgoingMessage => ({
    delivery_id: crypto.randomUUID(),
    person: { id: here.api.idOf('member'), name: 'Mia', email: 'member@example.com', time_zone: 'UTC' },
    address: 'U0MEMBER',
    notices: [notice()],
    is_digest: false,
    ...more,
  });
  const sent = () => here.slack.workspace.messages.at(-1)!;

  it('knows where people are by their link only', async () => {
    expect(await here.own.channel.addressOf({ id: here.api.idOf('member') })).toBe('U0MEMBER');
    expect(await here.own.channel.addressOf({ id: here.api.idOf('owner') })).toBe(null);
  });

  it('writes to one person directly, and lets nothing act that somebody typed', async () => {
    const { external_ref: ref } = await here.own.channel.send(message());
    expect(ref).toBe(`${here.slack.workspace.directMessageOf('U0MEMBER')}/${sent().ts}`);
    expect(buttonsOf(sent().blocks).get('open')?.url).toBe(`${here.api.url}/my-access`);
    expect(textsOf(sent().blocks)).toContainEqual({ type: 'plain_text', text: NASTY_ESCAPED, emoji: false });
    expect(sent().text).toBe(`Production logs ends soon. ${NASTY_ESCAPED}`);
    const [call] = here.slack.callsOf('chat.postMessage').slice(-1);
    expect(call!.args).toMatchObject({ mrkdwn: 'false', parse: 'none', link_names: 'false', unfurl_links: 'false' });
  });

  it('says times as they are where the person is', async () => {
    const body = 'Your access ends at 2026-11-24T17:00:00.000Z.';
    const person = {
      id: here.api.idOf('member'),
      name: 'Mia',
      email: 'member@example.com',
      time_zone: 'Europe/Berlin',
    };
    await here.own.channel.send(message({ person, notices: [notice({ body })] }));
    expect(sent().blocks[1]?.text?.text).toBe('Your access ends at 24 Nov 2026, 18:00 CET.');
    await here.own.channel.send(message({ person, notices: [notice({ body }), notice()], is_digest: true }));
    expect(JSON.stringify(sent().blocks)).toContain('24 Nov 2026, 18:00 CET');
  });

  it('tells reviewers all there is to know, as plain text', async () => {
    const id = await here.submit({ reason: NASTY });
    const told = await here.tell('admin', id);
    const texts = textsOf(told.blocks);
    expect(texts.map(({ text }) => text)).toEqual(
      expect.arrayContaining([
        'Mia Member asks for Production logs (connection)',
        'Requester\nMia Member (member@example.com)',
        'Access\nProduction logs (connection)',
        'Duration\n1 hour',
        `Reason\n${NASTY_ESCAPED}`,
      ]),
    );
    const mrkdwn = texts.filter(({ type }) => type === 'mrkdwn').map(({ text }) => text);
    expect(mrkdwn).toEqual([
      expect.stringMatching(/^Open until <!date\^\d{10}\^\{date_short_pretty\}, \{time\}\|[\d: UTC-]+>$/),
    ]);
    expect(JSON.stringify(told)).not.toContain('<!channel>');
  });

  it('sends each notice of a message once, also when a try broke off in the middle', async () => {
    const given = message({ notices: [notice({ body: 'one' }), notice({ body: 'two' }), notice({ body: 'three' })] });
    const before = here.slack.workspace.messages.length;
    here.slack.failNext('conversations.open', { status: 500 });
    await expect(here.own.channel.send(given)).rejects.toThrow(RetryLater);
    await expect(here.own.channel.send({ ...given, notices: given.notices.slice(0, 2) })).resolves.toBeDefined();
    await here.own.channel.send(given);
    await here.own.channel.send(given);
    const bodies = here.slack.workspace.messages.slice(before).map(({ blocks }) => blocks[1]?.text?.text);
    expect(bodies).toEqual(['one', 'two', 'three']);
  });

  it('puts a digest into one message, without buttons that decide', async () => {
    const id = await here.submit({ who: 'member2' });
    const notices = Array.from({ length: 60 }, (_, index) =>
      notice({ title: `Thing ${index}`, body: 'x'.repeat(3_000) }),
    );
    await here.own.channel.send(
      message({ is_digest: true, notices: [notice({ event_type: 'request-submitted', request_id: id }), ...notices] }),
    );
    expect(sent().text).toBe('61 things have happened in Hallpass');
    expect([...buttonsOf(sent().blocks).keys()]).toEqual(['open']);
    expect(JSON.stringify(sent().blocks).length).toBeLessThan(13_000);
    expect(JSON.stringify(sent().blocks)).toContain('And 41 more.');
  });

  it('posts to a channel that events are routed to, and decides nothing there', async () => {
    const id = await here.submit({ who: 'admin' });
    const asking = message({
      person: null,
      address: 'C0OPERATIONS',
      notices: [notice({ event_type: 'request-submitted', request_id: id })],
    });
    await expect(here.own.channel.send(asking)).rejects.toThrow(DeliveryRefused);
    here.slack.workspace.channels.add('C0OPERATIONS');
    await here.own.channel.send(asking);
    const posted = sent();
    expect([posted.channel, ...buttonsOf(posted.blocks).keys()]).toEqual(['C0OPERATIONS', 'open']);
    await here.api.as('admin').post(`/v1/access-requests/${id}/cancel`, {});
    expect(await here.own.rewrite()).toBe(1);
    expect(JSON.stringify(posted.blocks)).toContain('Taken back by Ada Admin.');
  });

  it('asks for another try as late as Slack says, and gives up where that is of no use', async () => {
    const { channel } = here.own;
    here.slack.failNext('conversations.open', { retryAfter: 7 });
    await expect(channel.send(message())).rejects.toMatchObject({ name: 'RetryLater', afterMs: 7_000 });
    here.slack.failNext('chat.postMessage', { retryAfter: 1 });
    await expect(channel.send(message())).rejects.toMatchObject({ name: 'RetryLater', afterMs: 1_000 });
    for (const failure of [{ status: 500 }, { error: 'fatal_error' }, { error: 'invalid_auth' }]) {
      here.slack.failNext('chat.postMessage', failure);
      await expect(channel.send(message())).rejects.toMatchObject({ name: 'RetryLater', afterMs: undefined });
    }
    for (const error of ['channel_not_found', 'user_not_found', 'account_inactive', 'is_archived']) {
      here.slack.failNext('conversations.open', { error });
      await expect(channel.send(message())).rejects.toThrow(new DeliveryRefused(`Slack answered ${error}.`));
    }
    await expect(channel.send(message({ address: 'U0NOBODY' }))).rejects.toThrow(DeliveryRefused);
  });
});
