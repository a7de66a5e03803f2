import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { buttonsOf } from '../support/slack-blocks.ts';
import { putLowRisk, startSlackInstallation, type SlackInstallation } from '../support/slack-installation.ts';
import type { SlackDoubleMessage } from '../support/slack-workspace.ts';
import { PROFILES } from '../support/test-services.ts';
import { waitUntil } from '../support/wait-until.ts';

describe.each(PROFILES)('messages in Slack (%s)', (profile) => {
  let here: SlackInstallation;
  let worker: { stop(): Promise<void> } | null = null;
  beforeAll(async () => {
    here = await startSlackInstallation(profile);
    for (const name of ['admin', 'admin2', 'owner', 'member']) await here.link(name);
  });
  afterAll(() => here.stop());
  afterEach(async () => {
    await worker?.stop();
    worker = null;
    const { knex } = here.api.running.parts;
    await knex('access_requests').where({ status: 'pending' }).update({ status: 'cancelled', decided_at: new Date() });
    await knex('grants')
      .whereNotNull('request_id')
      .whereNull('ended_at')
      .update({ ended_at: new Date(), end_reason: 'revoked' });
  });
  const startWorker = async () => {
    worker = await here.api.startWorker();
  };
  const says = (message: SlackDoubleMessage, text: string) =>
    waitUntil(`the message to say "${text}"`, () => JSON.stringify(message.blocks).includes(text));
  const decide = (name: string, id: string, verb: string, body: object = {}) =>
    here.api.as(name).post(`/v1/access-requests/${id}/${verb}`, body);

  it('are rewritten for every reviewer when one decides in the console, and lose their buttons', async () => {
    await startWorker();
    const id = await here.submit();
    const messages = [await here.tell('admin', id), await here.tell('admin2', id), await here.tell('owner', id)];
    await decide('admin2', id, 'approve');
    for (const message of messages) {
      await says(message, 'Approved by Abel Admin.');
      expect(buttonsOf(message.blocks).size).toBe(0);
      expect(message.updates).toBe(1);
    }
  });

  it.each([
    ['denied', (id: string) => decide('owner', id, 'deny', { reason: 'Use *staging* <https://x.example|here>' })],
    ['cancelled', (id: string) => decide('member', id, 'cancel')],
  ] as const)('say that a request was %s', async (status, act) => {
    await startWorker();
    const id = await here.submit();
    const message = await here.tell('admin', id);
    await act(id);
    await says(
      message,
      status === 'denied'
        ? 'Denied by Olive Owner. Reason: Use *staging* &lt;https://x.example|here&gt;'
        : 'Taken back by Mia Member.',
    );
    expect(buttonsOf(message.blocks).size).toBe(0);
  });

  it('say that a request has expired, by the clock', async () => {
    await startWorker();
    const id = await here.submit();
    const message = await here.tell('admin', id);
    await here.api.running.parts.knex('access_requests').where({ id }).update({ pending_until: new Date() });
    await says(message, 'Expired: nobody decided in time.');
  });

  it('catch up with what was decided while no worker ran', async () => {
    const id = await here.submit();
    const message = await here.tell('admin', id);
    await decide('owner', id, 'deny');
    expect(message.updates).toBe(0);
    await startWorker();
    await says(message, 'Denied by Olive Owner.');
    expect(message.updates).toBe(1);
  });

  it('are rewritten once although two workers look, and when asked again', async () => {
    const id = await here.submit();
    const messages = [await here.tell('admin', id), await here.tell('owner', id)];
    await decide('admin2', id, 'deny');
    const tried = await Promise.all([here.own.rewrite(), here.own.rewrite(), here.own.rewrite()]);
    expect(tried.reduce((sum, count) => sum + count)).toBe(2);
    expect(await here.own.rewrite()).toBe(0);
    expect(messages.map(({ updates }) => updates)).toEqual([1, 1]);
  });

  it('wait as long as Slack asks for, go on after failures, and leave alone what is gone', async () => {
    const { knex } = here.api.running.parts;
    const id = await here.submit();
    const message = await here.tell('admin', id);
    const rowOf = () => knex('slack_messages').where({ ts: message.ts }).first();
    await decide('owner', id, 'deny');
    here.slack.failNext('chat.update', { retryAfter: 30 }, { status: 503 }, { error: 'fatal_error' });
    expect(await here.own.rewrite()).toBe(1);
    const waiting = await rowOf();
    expect(waiting).toMatchObject({ shown: 'pending', attempts: 1, problem: 'ratelimited' });
    expect(waiting.next_try_at.getTime() - Date.now()).toBeGreaterThan(25_000);
    expect(await here.own.rewrite()).toBe(0);
    for (const [attempts, problem] of [
      [2, 'unreachable'],
      [3, 'fatal_error'],
    ]) {
      await knex('slack_messages').where({ ts: message.ts }).update({ next_try_at: new Date() });
      expect(await here.own.rewrite()).toBe(1);
      const failed = await rowOf();
      expect(failed).toMatchObject({ shown: 'pending', attempts, problem });
      expect(failed.next_try_at.getTime()).toBeGreaterThan(Date.now());
    }
    await knex('slack_messages').where({ ts: message.ts }).update({ next_try_at: new Date() });
    expect(await here.own.rewrite()).toBe(1);
    expect(await rowOf()).toMatchObject({ shown: 'denied', attempts: 0, problem: null });

    const other = await here.submit({ who: 'member2' });
    const gone = await here.tell('admin', other);
    here.slack.workspace.messages.splice(here.slack.workspace.messages.indexOf(gone), 1);
    await decide('owner', other, 'deny');
    expect(await here.own.rewrite()).toBe(1);
    expect(await knex('slack_messages').where({ ts: gone.ts }).first()).toMatchObject({ state: 'lost' });
    expect(await here.own.rewrite()).toBe(0);
  });

  it('say to who has approved that more approvals are needed', async () => {
    await putLowRisk(here.api, { low_risk: true, approvals_required: 2 });
    const id = await here.submit();
    const [mine, other] = [await here.tell('admin', id), await here.tell('owner', id)];
    await decide('admin', id, 'approve');
    expect(await here.own.rewrite()).toBe(1);
    expect(JSON.stringify(mine.blocks)).toContain('You approved it. More approvals are needed.');
    expect(buttonsOf(mine.blocks).size).toBe(0);
    expect(buttonsOf(other.blocks).has('approve')).toBe(true);
    await decide('owner', id, 'approve');
    expect(await here.own.rewrite()).toBe(2);
    for (const message of [mine, other]) expect(JSON.stringify(message.blocks)).toContain('Approved by Olive Owner.');
    await putLowRisk(here.api, { low_risk: true });
  });

  it('about several requests in one hold no buttons that would decide one of them', async () => {
    const id = await here.submit();
    const second = await here.submit({ who: 'member2' });
    await here.api.running.parts.knex('access_requests').whereIn('id', [id, second]).update({ bundle_id: 'bdl_1' });
    const message = await here.tell('admin', id);
    expect([...buttonsOf(message.blocks).keys()]).toEqual(['open']);
    expect(JSON.stringify(message.blocks)).toContain('and 1 more');
  });
});
