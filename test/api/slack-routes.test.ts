import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startAdminApi, type TestAdminApi } from '../support/admin-api.ts';
import { SlackDouble } from '../support/slack-double.ts';
import { PROFILES } from '../support/test-services.ts';
import { waitUntil } from '../support/wait-until.ts';

const DAY_MS = 86_400_000;

describe.each(PROFILES)('what Slack is told of events (%s)', (profile) => {
  const slack = new SlackDouble([]);
  let api: TestAdminApi;
  beforeAll(async () => {
    await slack.start();
    api = await startAdminApi(profile, slack.environment);
  });
  afterAll(async () => {
    await api.stop();
    await slack.stop();
  });
  const put = (routes: readonly object[], who = 'admin') =>
    api.as(who).send('PUT', '/v1/slack/routes', {
      body: JSON.stringify({ routes }),
      headers: { 'content-type': 'application/json' },
    });

  it('is set by Admins, all at once, and a change of it is in the audit', async () => {
    expect((await api.as('admin').get('/v1/slack/routes')).body).toEqual({ routes: [] });
    const routes = [
      { event_type: 'break-glass', channel_id: 'C0ALARM' },
      { event_type: 'request-submitted', channel_id: 'C0OPERATIONS' },
    ];
    const first = await put(routes.toReversed());
    expect([first.status, first.body]).toEqual([200, { routes }]);
    expect((await put(routes)).body).toEqual({ routes });
    expect((await put([{ event_type: 'break-glass', channel_id: 'G0ALARM' }], 'owner')).status).toBe(200);
    const { items } = (await api.as('owner').get('/v1/audit-events?type=slack.routes-changed')).body;
    expect(items.map((item: { actor: { id: string } }) => item.actor.id)).toEqual([
      api.idOf('owner'),
      api.idOf('admin'),
    ]);
    expect(items[0].details).toEqual({ before: routes, after: [{ event_type: 'break-glass', channel_id: 'G0ALARM' }] });
    expect((await put([])).body).toEqual({ routes: [] });
  });

  it('is nothing that others may see or set', async () => {
    expect((await api.as('member').get('/v1/slack/routes')).status).toBe(403);
    expect((await put([], 'member')).status).toBe(403);
  });

  it('is forgotten after a month, but for requests that are open', async () => {
    const { knex } = api.running.parts;
    const asked = await api
      .as('member')
      .post('/v1/access-requests', { role: 'admin', reason: 'r', duration_seconds: 60 });
    const old = new Date(Date.now() - 31 * DAY_MS);
    const row = { part: 0, state: 'posted', channel: 'D0', ts: '1.2', next_try_at: old, created_at: old };
    await knex('slack_messages').insert([
      { ...row, id: 'slm_told', delivery_id: '1' },
      { ...row, id: 'slm_open', delivery_id: '2', request_id: asked.body.id },
      { ...row, id: 'slm_new', delivery_id: '3', created_at: new Date() },
    ]);
    const nonce = { verdict: 'approve', expires_at: old };
    await knex('slack_nonces').insert([
      { ...nonce, nonce_hash: 'a', message_id: 'slm_told' },
      { ...nonce, nonce_hash: 'b', message_id: 'slm_open' },
    ]);
    await knex('slack_link_codes').insert([
      { person_id: api.idOf('member'), code_hash: 'old', expires_at: new Date(Date.now() - 1) },
      { person_id: api.idOf('admin'), code_hash: 'new', expires_at: new Date(Date.now() + DAY_MS) },
    ]);
    const worker = await api.startWorker();
    await waitUntil(
      'the old message to go',
      async () => (await knex('slack_messages').where({ id: 'slm_told' })).length === 0,
    );
    await waitUntil(
      'the old code to go',
      async () => (await knex('slack_link_codes').pluck('code_hash')).join() === 'new',
    );
    expect((await knex('slack_messages').pluck('id')).toSorted()).toEqual(['slm_new', 'slm_open']);
    expect(await knex('slack_nonces').pluck('nonce_hash')).toEqual(['b']);
    await worker.stop();
  });
});
