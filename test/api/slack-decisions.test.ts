import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { buttonsOf } from '../support/slack-blocks.ts';
import { putLowRisk, startSlackInstallation, type SlackInstallation } from '../support/slack-installation.ts';
import type { SlackDoubleMessage } from '../support/slack-workspace.ts';
import { PROFILES } from '../support/test-services.ts';
import { waitUntil } from '../support/wait-until.ts';

describe.each(PROFILES)('deciding from Slack (%s)', (profile) => {
  let here: SlackInstallation;
  beforeAll(async () => {
    here = await startSlackInstallation(profile);
    for (const name of ['admin', 'admin2', 'owner', 'member']) await here.link(name);
  });
  afterAll(() => here.stop());
  beforeEach(async () => {
    here.slack.workspace.whispers.length = 0;
    here.slack.workspace.views.length = 0;
    await putLowRisk(here.api, { low_risk: true });
    // The next test asks for the same thing.
    const { knex } = here.api.running.parts;
    await knex('access_requests').where({ status: 'pending' }).update({ status: 'cancelled', decided_at: new Date() });
    await knex('grants')
      .whereNotNull('request_id')
      .whereNull('ended_at')
      .update({ ended_at: new Date(), end_reason: 'revoked' });
  });

  const valueOf = (message: SlackDoubleMessage, action: string) => buttonsOf(message.blocks).get(action)?.value;
  const press = async (
    message: SlackDoubleMessage,
    action: string,
    {
      user = 'U0ADMIN',
      value = valueOf(message, action),
      ...rest
    }: { user?: string; value?: string; team?: string } = {},
  ) => {
    const answer = await here.slack.press(here.api.url, { user, message, action, value, ...rest });
    expect([answer.status, answer.text]).toEqual([200, '']);
  };
  const whispered = () => here.slack.workspace.whispers.map(({ text }) => text);
  const reviewsOf = (id: string) => here.api.running.parts.knex('reviews').where({ request_id: id });

  it('approves with one press: the grant begins, the audit names the person, the buttons are gone', async () => {
    const id = await here.submit();
    const message = await here.tell('admin', id);
    expect([...buttonsOf(message.blocks).keys()]).toEqual(['approve', 'deny', 'open']);
    expect(buttonsOf(message.blocks).get('open')?.url).toBe(`${here.api.url}/review/${id}`);
    await press(message, 'approve');
    const { body } = await here.api.as('owner').get(`/v1/access-requests/${id}`);
    expect([body.status, body.reviews[0].reviewer.id]).toEqual(['approved', here.api.idOf('admin')]);
    expect(body.grant).toMatchObject({ state: 'active' });
    const { items } = (await here.api.as('owner').get(`/v1/audit-events?request_id=${id}&type=access-request.approved`))
      .body;
    expect(items[0].actor.id).toBe(here.api.idOf('admin'));
    expect(whispered()).toEqual([]);
    expect(buttonsOf(message.blocks).size).toBe(0);
    expect(JSON.stringify(message.blocks)).toContain('Approved by Ada Admin.');
  });

  it('denies by a dialog, with the reason that was typed, or none', async () => {
    for (const [reason, kept] of [
      ['Not <!channel> today', 'Not <!channel> today'],
      [null, null],
      ['   ', null],
    ] as const) {
      const id = await here.submit();
      const message = await here.tell('admin', id);
      await press(message, 'deny');
      expect(await here.statusOf(id)).toBe('pending');
      const view = here.slack.workspace.views.at(-1)!;
      const answer = await here.slack.submit(here.api.url, { user: 'U0ADMIN', view, reason });
      expect([answer.status, answer.text]).toEqual([200, '']);
      expect(await here.statusOf(id)).toBe('denied');
      expect(await reviewsOf(id)).toMatchObject([{ reviewer_id: here.api.idOf('admin'), verdict: 'deny', note: kept }]);
      expect(JSON.stringify(message.blocks)).not.toContain('<!channel>');
      if (kept !== null) expect(JSON.stringify(message.blocks)).toContain('Not &lt;!channel&gt; today');
    }
  });

  it('tells of a reason that can not be taken in the dialog itself, and decides nothing', async () => {
    const id = await here.submit();
    await press(await here.tell('admin', id), 'deny');
    const view = here.slack.workspace.views.at(-1)!;
    const answer = await here.slack.submit(here.api.url, { user: 'U0ADMIN', view, reason: 'x\u202Ey' });
    expect(answer.body).toEqual({
      response_action: 'errors',
      errors: { reason: 'The reason holds characters that are no text.' },
    });
    expect(await here.statusOf(id)).toBe('pending');
    await here.slack.submit(here.api.url, { user: 'U0ADMIN', view, reason: 'xy' });
    expect(await here.statusOf(id)).toBe('denied');
  });

  it('counts a press once, however often it is sent', async () => {
    const id = await here.submit();
    const message = await here.tell('admin', id);
    const value = valueOf(message, 'approve')!;
    await Promise.all([1, 2, 3].map(() => press(message, 'approve', { value })));
    await press(message, 'approve', { value });
    expect(await reviewsOf(id)).toHaveLength(1);
    expect(whispered()).toHaveLength(3);
    expect(new Set(whispered().map((text) => /not in force any more/.test(text)))).toEqual(new Set([true]));
  });

  it('takes the dialog of one denial once', async () => {
    const id = await here.submit();
    await press(await here.tell('admin', id), 'deny');
    const view = here.slack.workspace.views.at(-1)!;
    await here.slack.submit(here.api.url, { user: 'U0ADMIN', view, reason: 'one' });
    await here.slack.submit(here.api.url, { user: 'U0ADMIN', view, reason: 'two' });
    expect(await reviewsOf(id)).toMatchObject([{ note: 'one' }]);
    expect(whispered()).toEqual([expect.stringMatching(/not in force/)]);
  });

  it('refuses whom the button was not made for, and who is not linked', async () => {
    const id = await here.submit();
    const message = await here.tell('admin', id);
    await press(message, 'approve', { user: 'U0ADMIN2' });
    await press(message, 'approve', { user: 'U0STRANGER' });
    await press(message, 'approve', { user: 'U0ADMIN', team: 'T0FOREIGN' });
    await press(message, 'deny', { user: 'U0ADMIN2' });
    expect(here.slack.workspace.views).toEqual([]);
    expect(await reviewsOf(id)).toEqual([]);
    // Only who is in the conversation can be told there; a stranger to it is not.
    expect(whispered()).toEqual([
      expect.stringMatching(/not linked to Hallpass.*\/settings\/notification-preferences/),
    ]);
    await press(message, 'approve');
    expect(await here.statusOf(id)).toBe('approved');
  });

  it('refuses a value that was made up, moved to another button, request or message', async () => {
    const [one, other] = [await here.submit(), await here.submit({ who: 'member2' })];
    const [mine, second] = [await here.tell('admin', one), await here.tell('admin', other)];
    await press(mine, 'approve', { value: 'made-up' });
    await press(mine, 'approve', { value: valueOf(mine, 'deny')! });
    await press(mine, 'deny', { value: valueOf(mine, 'approve')! });
    await press(mine, 'approve', { value: valueOf(second, 'approve')! });
    expect([await reviewsOf(one), await reviewsOf(other)]).toEqual([[], []]);
    expect(whispered()).toHaveLength(4);
  });

  it('holds by the rules of reviewing, and says them', async () => {
    const own = await here.submit({ who: 'admin' });
    // The requester is never sent buttons; were they to get hold of some, the rules stand.
    await expect(here.tell('admin', own)).resolves.toMatchObject({ text: expect.stringMatching(/^Somebody asks/) });
    const message = await here.tell('admin2', own);
    const { knex } = here.api.running.parts;
    const rowOf = (ts: string) => knex('slack_messages').where({ ts });
    await rowOf(message.ts).update({ person_id: here.api.idOf('admin'), channel: 'D0ADMINXXX' });
    const forged = { ...message, channel: 'D0ADMINXXX' };
    here.slack.workspace.channels.add('D0ADMINXXX');
    const before = here.slack.callsOf('chat.postEphemeral').length;
    await press(forged, 'approve', { user: 'U0ADMIN' });
    expect(here.slack.callsOf('chat.postEphemeral')[before]!.args['text']).toMatch(/Nobody reviews their own request/);
    expect(await here.statusOf(own)).toBe('pending');

    const lost = await here.submit();
    const toLost = await here.tell('admin2', lost);
    await knex('people')
      .where({ id: here.api.idOf('admin2') })
      .update({ role: 'member' });
    await press(toLost, 'approve', { user: 'U0ADMIN2' });
    expect(whispered().at(-1)).toMatch(/Only the reviewers/);
    await knex('people')
      .where({ id: here.api.idOf('admin2') })
      .update({ role: 'admin', disabled_at: new Date() });
    const toDisabled = await here.tell('admin2', lost, 'again');
    await press(toDisabled, 'approve', { user: 'U0ADMIN2' });
    expect(whispered().at(-1)).toMatch(/disabled/);
    await knex('people')
      .where({ id: here.api.idOf('admin2') })
      .update({ disabled_at: null });
    expect(await here.statusOf(lost)).toBe('pending');

    const late = await here.tell('owner', lost);
    await here.api.as('admin').post(`/v1/access-requests/${lost}/deny`, {});
    await press(late, 'approve', { user: 'U0OWNER' });
    expect(whispered().at(-1)).toMatch(/denied already/);
  });

  it('shows no buttons where the policy does not call it low-risk, and decides nothing by forged ones', async () => {
    const id = await here.submit({ resource: { type: 'connection', id: 'aws-production' } });
    const message = await here.tell('admin', id);
    expect([...buttonsOf(message.blocks).keys()]).toEqual(['open']);
    const { knex } = here.api.running.parts;
    const row = await knex('slack_messages').where({ ts: message.ts }).first();
    const value = 'known-to-the-forger';
    const { createHash } = await import('node:crypto');
    await knex('slack_nonces').insert({
      nonce_hash: createHash('sha256').update(value).digest('hex'),
      message_id: row.id,
      verdict: 'approve',
      expires_at: new Date(Date.now() + 60_000),
    });
    await press(message, 'approve', { value });
    expect(whispered()).toEqual([expect.stringMatching(/may not be decided from Slack/)]);
    expect(await reviewsOf(id)).toEqual([]);
  });

  it('asks the policy again when a button is pressed', async () => {
    const id = await here.submit();
    const message = await here.tell('admin', id);
    await putLowRisk(here.api, { low_risk: false });
    await press(message, 'approve');
    expect(whispered()).toEqual([expect.stringMatching(/may not be decided from Slack/)]);
    expect(await here.statusOf(id)).toBe('pending');
  });

  it('gives a button back when the decision could not be made at all', async () => {
    const id = await here.submit();
    const message = await here.tell('admin', id);
    const { knex } = here.api.running.parts;
    await knex.raw('ALTER TABLE reviews RENAME TO reviews_away');
    await press(message, 'approve');
    await knex.raw('ALTER TABLE reviews_away RENAME TO reviews');
    expect(whispered()).toEqual([expect.stringMatching(/Something went wrong/)]);
    await press(message, 'approve');
    expect(await here.statusOf(id)).toBe('approved');
  });

  it('is answered in time although Slack itself is slow, and goes on', async () => {
    const id = await here.submit();
    const message = await here.tell('admin', id);
    let release: (value?: unknown) => void = () => {};
    here.slack.failNext('chat.update', { after: new Promise((resolve) => (release = resolve)) });
    const startedAt = performance.now();
    await press(message, 'approve');
    expect(performance.now() - startedAt).toBeLessThan(3_000);
    expect(await here.statusOf(id)).toBe('approved');
    expect(message.updates).toBe(0);
    release();
    await waitUntil('the message to be rewritten', () => message.updates === 1);
  });

  it('counts for the last of two messages, when a crash had one posted twice', async () => {
    const id = await here.submit();
    const first = await here.tell('admin', id, 'delivery');
    const value = valueOf(first, 'approve')!;
    // As a worker leaves it that dies before it has written down what Slack answered.
    await here.api.running.parts
      .knex('slack_messages')
      .where({ ts: first.ts })
      .update({ state: 'sending', channel: null, ts: null });
    const second = await here.tell('admin', id, 'delivery');
    expect(second.ts).not.toBe(first.ts);
    await press(first, 'approve', { value });
    await press(second, 'approve', { value });
    expect(whispered()).toEqual([expect.stringMatching(/not in force/), expect.stringMatching(/not in force/)]);
    expect(await here.statusOf(id)).toBe('pending');
    await press(second, 'approve');
    expect(await here.statusOf(id)).toBe('approved');
  });

  it('takes no button of an account that was unlinked, also after it is linked again', async () => {
    const id = await here.submit();
    const message = await here.tell('admin', id);
    await here.api.as('admin').send('DELETE', '/v1/slack/link');
    await press(message, 'approve');
    expect(whispered().at(-1)).toMatch(/not linked/);
    await here.link('admin');
    await press(message, 'approve');
    expect(whispered().at(-1)).toMatch(/not in force/);
    expect(await here.statusOf(id)).toBe('pending');
  });
});
