import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Knex } from '../../admin-api/db/knex.ts';
import { startAdminApi, type TestAdminApi } from '../support/admin-api.ts';
import { startMailServer, type MailServer } from '../support/mail-server.ts';
import { outboundSettings } from '../support/outbound-settings.ts';
import { waitUntil } from '../support/wait-until.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts';

const REVIEWERS = 10;
/** Ten thousand take minutes, and on a busy machine many of them. */
const WITHIN_MS = 540_000;

// Law 6 with a full outbox: two workers beside each other, 10,000 people to be told, and one program.
describe.each([
  { profile: 'server', requests: 1_000 },
  // The same code but for the queue, which is for a few dozen people here.
  { profile: 'embedded', requests: 200 },
] as const)('$requests requests for ten reviewers each, $profile', ({ profile, requests }) => {
  let mail: MailServer;
  let receiver: WebhookReceiver;
  let api: TestAdminApi;
  let knex: Knex;
  beforeAll(async () => {
    mail = await startMailServer();
    receiver = await startWebhookReceiver();
    // Nothing may be given up, nor taken over, only because a machine is busy.
    const patient = { HALLPASS_DELIVERY_TIMEOUT_MS: '30000', HALLPASS_OUTBOX_REDELIVER_MS: '60000' };
    api = await startAdminApi(profile, { ...outboundSettings(mail), ...patient });
    knex = api.running.parts.knex;
    const hook = { url: receiver.url, event_types: ['access-request.submitted'] };
    expect((await api.as('admin').post('/v1/webhooks', hook)).status).toBe(201);
    await knex('outbox_events').update({ handled_at: new Date() });
    await fillOutbox();
  }, 60_000);
  afterAll(async () => {
    await api?.stop();
    await receiver.stop();
    await mail.stop();
  });

  /** A thousand requests that were committed and that nobody has been told of. */
  async function fillOutbox(): Promise<void> {
    const addPeople = (prefix: string, role: string, count: number) =>
      knex.raw(
        `INSERT INTO people (id, sub, email, name, role, groups, attributes, created_at)
         SELECT :prefix || n, :prefix || n, :prefix || n || '@example.com', :prefix || n, :role, '[]', '{}', now()
           FROM generate_series(1, :count) n`,
        { prefix, role, count },
      );
    await addPeople('reviewer', 'admin', REVIEWERS - 3);
    await addPeople('asker', 'member', requests);
    const body = { resource: { type: 'connection', id: 'aws-production' }, reason: 'why', duration_seconds: 60 };
    const { id } = (await api.as('member').post('/v1/access-requests', body)).body;
    await knex('outbox_events').whereNull('handled_at').delete();
    const columns: string[] = await knex('information_schema.columns')
      .where({ table_schema: 'public', table_name: 'access_requests', is_generated: 'NEVER' })
      .whereNotIn('column_name', ['id', 'requester_id'])
      .pluck('column_name');
    await knex.raw(
      `INSERT INTO access_requests (id, requester_id, ??)
       SELECT 'req_' || n, 'asker' || n, ?? FROM access_requests, generate_series(1, ?) n WHERE id = ?`,
      [columns, columns, requests, id],
    );
    await knex.raw(
      `INSERT INTO outbox_events (id, type, payload, created_at)
       SELECT 'evt_' || n, 'access-request.submitted', jsonb_build_object('request_id', 'req_' || n), now()
         FROM generate_series(1, ?) n`,
      [requests],
    );
  }

  const states = async () => {
    const rows: { channel: string; state: string; count: number }[] = await knex('deliveries')
      .groupBy('channel', 'state')
      .orderBy('channel')
      .select('channel', 'state', knex.raw('count(*) AS count'));
    return rows.map((row) => `${row.channel} ${row.state} ${row.count}`);
  };

  it('are all told, each exactly once, in the console, by mail and to a webhook', async () => {
    await Promise.all([api.startWorker(), api.startWorker()]);
    const total = requests * REVIEWERS;
    await waitUntil(
      'everything to be sent',
      async () => (await states()).join() === `email sent ${total},webhook sent ${requests}`,
      { timeoutMs: WITHIN_MS, everyMs: 500 },
    );
    const told = await knex('notifications')
      .where('event_type', 'access-request.submitted')
      .whereIn('event_id', knex('outbox_events').select('id').whereLike('id', 'evt\\_%'))
      .select(knex.raw('count(*) AS rows'), knex.raw('count(DISTINCT (event_id, person_id)) AS pairs'))
      .first();
    expect(told).toEqual({ rows: total, pairs: total });
    const ids = mail.mails.map((one) => /^Message-ID: (\S+)/im.exec(one.raw)![1]);
    expect([ids.length, new Set(ids).size]).toEqual([total, total]);
    const perPerson = Map.groupBy(mail.mails, (one) => one.to);
    expect([...perPerson.values()].map((mails) => mails.length)).toEqual(Array(REVIEWERS).fill(requests));
    const events = receiver.received.map((call) => call.headers['webhook-id']);
    expect([events.length, new Set(events).size]).toEqual([requests, requests]);
  }, 600_000);
});
