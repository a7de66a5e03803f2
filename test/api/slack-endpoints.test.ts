import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buttonsOf } from '../support/slack-blocks.ts';
import { startSlackInstallation, type SlackInstallation } from '../support/slack-installation.ts';

describe('where Slack sends what people do', () => {
  let here: SlackInstallation;
  beforeAll(async () => {
    here = await startSlackInstallation('embedded');
    await here.link('admin');
  });
  afterAll(() => here.stop());

  it('takes nothing that Slack did not sign just now', async () => {
    const id = await here.submit();
    const message = await here.tell('admin', id);
    const given = {
      user: 'U0ADMIN',
      message,
      action: 'approve',
      value: buttonsOf(message.blocks).get('approve')?.value,
    };
    const forged = [
      { secret: 'not the signing secret' },
      { ageSeconds: 301 },
      { ageSeconds: -301 },
      { sentBody: 'payload=%7B%7D' },
      { sentBody: '' },
    ];
    for (const signing of forged) {
      const answer = await here.slack.press(here.api.url, given, signing);
      expect([signing, answer.status, answer.body.code]).toEqual([signing, 401, 'not-from-slack']);
    }
    const unsigned = await here.api.as('admin').post('/slack/interactions', {});
    expect([unsigned.status, unsigned.body.code]).toEqual([401, 'not-from-slack']);
    expect((await here.api.as('owner').post('/slack/commands', {})).status).toBe(401);
    expect((await here.api.as('owner').get('/slack/interactions')).status).toBe(404);
    expect(await here.api.running.parts.knex('reviews').where({ request_id: id })).toEqual([]);
    // The same press with a right signature, a little old, counts.
    expect((await here.slack.press(here.api.url, given, { ageSeconds: 240 })).status).toBe(200);
    expect(await here.statusOf(id)).toBe('approved');
  });

  it('answers what it does not know with nothing', async () => {
    for (const body of ['', 'payload=', 'payload=%7B', 'payload=%7B%22type%22%3A%22view_closed%22%7D']) {
      const answer = await here.slack.send(here.api.url, '/slack/interactions', body);
      expect([answer.status, answer.text]).toEqual([200, '']);
    }
    expect((await here.slack.send(here.api.url, '/slack/commands', 'text=link')).status).toBe(422);
  });
});
