import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDatabase, type Knex } from '../../admin-api/db/knex.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { PROFILES } from '../support/test-services.ts';
import { down, up } from '../../migrations/0011-requests-once.ts';

describe.each(PROFILES)('pending requests from before they were asked for once, %s', (profile) => {
  let database: TestDatabase;
  let knex: Knex;
  beforeAll(async () => {
    database = await createTestDatabase(profile);
    knex = openDatabase(database.connectionString, 3);
  });
  afterAll(async () => {
    await knex.destroy();
    await database.drop();
  });

  it('leave the first of each kind, and none whose time is over', async () => {
    await down(knex);
    const nowMs = Date.now();
    await knex('people').insert([
      { id: 'per_1', email: 'a@example.com', name: 'A', role: 'member' },
      { id: 'per_2', email: 'b@example.com', name: 'B', role: 'member' },
    ]);
    const request = (id: string, minutes: number, more: object = {}) => ({
      id,
      requester_id: 'per_1',
      kind: 'resource',
      resource_type: 'connection',
      resource_id: 'aws',
      reason: 'r',
      stages: '[]',
      policy_reasons: '[]',
      policy_revision: 'x',
      submitted_at: new Date(nowMs + minutes * 60_000),
      pending_until: new Date(nowMs + 3_600_000),
      ...more,
    });
    await knex('access_requests').insert([
      request('late', -9, { pending_until: new Date(nowMs - 1) }),
      request('first', -8),
      request('second', -7),
      request('third', -6),
      request('other-person', -5, { requester_id: 'per_2' }),
      request('other-thing', -4, { resource_id: 'gcp' }),
      request('decided', -3, { status: 'denied', decided_at: new Date(nowMs) }),
    ]);
    await up(knex);
    const rows: { id: string; status: string }[] = await knex('access_requests').select('id', 'status');
    expect(Object.fromEntries(rows.map((row) => [row.id, row.status]))).toEqual({
      late: 'expired',
      first: 'pending',
      second: 'cancelled',
      third: 'cancelled',
      'other-person': 'pending',
      'other-thing': 'pending',
      decided: 'denied',
    });
    await expect(knex('access_requests').insert(request('fourth', 0))).rejects.toThrow('access_requests_pending_once');
  });
});
