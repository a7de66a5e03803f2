import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startAdminApi, type TestAdminApi } from '../support/admin-api.ts';
import { waitUntil } from '../support/wait-until.ts';

const LONG_AGO = new Date(Date.now() - 60 * 24 * 3_600_000);

describe('tidying by the worker', () => {
  let api: TestAdminApi;
  beforeAll(async () => {
    api = await startAdminApi();
  });
  afterAll(() => api.stop());

  it('forgets what nobody needs any more, and nothing else', async () => {
    const { knex } = api.running.parts;
    const key = { caller_id: 'per_demo_member', fingerprint: 'x' };
    await knex('idempotency_keys').insert([
      { ...key, key: 'old', created_at: LONG_AGO },
      { ...key, key: 'new', created_at: new Date() },
    ]);
    await knex('outbox_events').insert([
      { id: 'evt_old', type: 'grant.revoked', payload: '{}', created_at: LONG_AGO, handled_at: LONG_AGO },
      { id: 'evt_told', type: 'grant.revoked', payload: '{}', created_at: LONG_AGO, handled_at: LONG_AGO },
      { id: 'evt_open', type: 'grant.revoked', payload: '{"grant_id":"grt_0"}', created_at: LONG_AGO },
    ]);
    await knex('notifications').insert({
      id: 'ntf_1',
      event_id: 'evt_told',
      person_id: 'per_demo_member',
      event_type: 'grant.revoked',
      title: 't',
      body: 'b',
      link: '/',
      created_at: LONG_AGO,
    });
    const delivery = {
      notification_id: 'ntf_1',
      event_id: 'evt_told',
      person_id: 'per_demo_member',
      event_type: 'access-revoked',
      content: '{}',
      created_at: LONG_AGO,
    };
    await knex('deliveries').insert([
      { ...delivery, id: 'dlv_old', batch_id: 'dlv_old', channel: 'email', state: 'sent', finished_at: LONG_AGO },
      { ...delivery, id: 'dlv_new', batch_id: 'dlv_new', channel: 'slack', state: 'dead', finished_at: new Date() },
    ]);
    await knex('feed_changes').where({ revision: 1 }).update({ created_at: LONG_AGO });
    const audited = await knex('audit_entries').count('* as rows').first();
    const worker = await api.startWorker();
    await waitUntil('the old key to go', async () => (await knex('idempotency_keys').pluck('key')).join() === 'new');
    expect(
      (
        await knex('outbox_events')
          .where('id', 'like', 'evt\\_%')
          .whereIn('id', ['evt_old', 'evt_told', 'evt_open'])
          .pluck('id')
      ).toSorted(),
    ).toEqual(['evt_open', 'evt_told']);
    expect(await knex('deliveries').whereIn('id', ['dlv_old', 'dlv_new']).pluck('id')).toEqual(['dlv_new']);
    expect(await knex('feed_changes').where({ revision: 1 })).toEqual([]);
    expect(await knex('feed_changes').where({ revision: 2 })).toHaveLength(1);
    expect(await knex('audit_entries').count('* as rows').first()).toEqual(audited);
    await worker.stop();
  });
});
