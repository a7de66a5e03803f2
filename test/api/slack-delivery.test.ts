import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buttonsOf } from '../support/slack-blocks.ts';
import { startSlackInstallation, type SlackInstallation } from '../support/slack-installation.ts';
import { PROFILES } from '../support/test-services.ts';
import { waitUntil } from '../support/wait-until.ts';

describe.each(PROFILES)('from a request to Slack and back (%s)', (profile) => {
  let here: SlackInstallation;
  beforeAll(async () => {
    here = await startSlackInstallation(profile);
    for (const name of ['admin', 'owner', 'member']) await here.link(name);
  });
  afterAll(() => here.stop());

  const messagesTo = (name: string) => here.slack.workspace.messagesTo(here.userOf(name));
  const wait = (name: string, text: string) =>
    waitUntil(`a message to ${name} with "${text}"`, () =>
      messagesTo(name).find((message) => JSON.stringify(message).includes(text)),
    );

  it('reviewers get one message each, one of them decides, the others see it, the requester is told', async () => {
    here.slack.workspace.channels.add('C0OPERATIONS');
    const put = await here.api.as('admin').send('PUT', '/v1/slack/routes', {
      body: JSON.stringify({ routes: [{ event_type: 'request-submitted', channel_id: 'C0OPERATIONS' }] }),
      headers: { 'content-type': 'application/json' },
    });
    expect(put.status).toBe(200);
    here.slack.failNext('chat.postMessage', { retryAfter: 1 });
    let worker = await here.api.startWorker();
    const id = await here.submit({ reason: 'INC-7 <!channel>' });
    const [admin, owner] = [await wait('admin', 'INC-7'), await wait('owner', 'INC-7')];
    const room = await waitUntil('the post to the channel', () =>
      here.slack.workspace.messages.find((message) => message.channel === 'C0OPERATIONS'),
    );
    expect([...buttonsOf(admin.blocks).keys()]).toEqual(['approve', 'deny', 'open']);
    expect([...buttonsOf(room.blocks).keys()]).toEqual(['open']);
    await worker.stop();

    // The worker is away: the decision counts at once, and what is left to tell waits for the next one.
    const value = buttonsOf(admin.blocks).get('approve')?.value;
    await here.slack.press(here.api.url, { user: 'U0ADMIN', message: admin, action: 'approve', value });
    expect(await here.statusOf(id)).toBe('approved');
    worker = await here.api.startWorker();
    await wait('member', 'You have access');
    for (const message of [admin, owner, room]) {
      await waitUntil('the buttons to go', () => buttonsOf(message.blocks).size === 0);
      expect(JSON.stringify(message.blocks)).toContain('Approved by Ada Admin.');
    }
    await worker.stop();
    expect(messagesTo('admin')).toHaveLength(1);
    expect(messagesTo('owner')).toHaveLength(1);
    // Of what was arranged for the test, the requester may have been told as well.
    const told = messagesTo('member').filter(({ text }) => !text.startsWith('You were given'));
    expect(told.map(({ text }) => text)).toEqual([expect.stringMatching(/^You have access/)]);
    expect(here.slack.workspace.messages.filter(({ channel }) => channel === 'C0OPERATIONS')).toHaveLength(1);
    expect(JSON.stringify(here.slack.calls)).not.toContain('<!channel>');
  });
});
