import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startAdminApi, type TestAdminApi } from '../support/admin-api.ts';
import { clearAccess } from '../support/clear-access.ts';
import { requestClient } from '../support/request-client.ts';
import { PROFILES } from '../support/test-services.ts';

describe.each(PROFILES)('an emergency, %s', (profile) => {
  let api: TestAdminApi;
  let client: ReturnType<typeof requestClient>;
  beforeAll(async () => {
    api = await startAdminApi(profile);
    client = requestClient(api);
  });
  afterAll(() => api.stop());
  beforeEach(async () => {
    await clearAccess(api);
    const { knex } = api.running.parts;
    const open: string[] = await knex('access_requests')
      .where({ break_glass: true })
      .whereNull('break_glass_closed_at')
      .pluck('id');
    for (const id of open) await close(id);
  });
  const close = (id: string, who = 'owner', body: object = { justified: true, note: 'Right so.' }) =>
    api.as(who).post(`/v1/access-requests/${id}/close`, body);
  const glass = () => client.connection('payments', { break_glass: true, break_glass_max_seconds: 600 });

  it('gives access at once, for the shortest life, and tells everybody who was skipped', async () => {
    const resource = await glass();
    const taken = await client.ask({ resource, break_glass: true, reason: 'Payments are down' });
    expect(taken.status).toBe(201);
    expect(taken.body).toMatchObject({
      status: 'approved',
      break_glass: { closed_at: null, justified: null },
      given: { duration_seconds: 600, modifications: ['duration_seconds'] },
      grant: { origin: 'break-glass', break_glass: true, state: 'active' },
    });
    const { grant } = taken.body;
    expect(Date.parse(grant.expires_at) - Date.parse(grant.starts_at)).toBe(600_000);
    expect((await client.story(taken.body.id)).map((entry) => entry.type)).toEqual([
      'access-request.submitted',
      'access-request.break-glass',
      'grant.created',
    ]);
    const events: string[] = await api.running.parts
      .knex('outbox_events')
      .whereRaw(`payload->>'request_id' = ?`, [taken.body.id])
      .pluck('type');
    expect(events).toEqual(['access-request.break-glass']);
  });

  it('lasts no longer than asked, and needs a reason', async () => {
    const resource = await glass();
    expect((await client.ask({ resource, break_glass: true, reason: ' ' })).status).toBe(422);
    const until = new Date(Date.now() + 60_000).toISOString();
    const taken = await client.ask({ resource, break_glass: true, until });
    expect(taken.body.grant.expires_at).toBe(until);
  });

  it('is not for what the policy does not say, nor for power over others', async () => {
    for (const body of [{}, { role: 'admin' }]) {
      expect((await client.preview({ ...body, break_glass: true })).body.requestable).toBe(false);
      const refused = await client.ask({ ...body, break_glass: true });
      expect([refused.status, refused.body.errors[0].field]).toEqual([422, 'break_glass']);
    }
  });

  it('is not held up by a request that is pending, nor by access that ends too soon', async () => {
    const resource = await glass();
    const pending = await client.ask({ resource, duration_seconds: 60 });
    const taken = await client.ask({ resource, break_glass: true });
    expect([taken.status, taken.body.id === pending.body.id]).toEqual([201, false]);
    expect((await client.read(pending.body.id)).status).toBe('pending');
    expect((await client.ask({ resource, break_glass: true, duration_seconds: 60 })).body.code).toBe(
      'break-glass-open',
    );
  });

  it('blocks the next one anywhere until somebody has looked at it', async () => {
    const resource = await glass();
    const other = await client.connection('ledger', { break_glass: true });
    const taken = await client.ask({ resource, break_glass: true });
    const seen = await client.preview({ resource: other, break_glass: true });
    expect([seen.body.requestable, seen.body.reasons.at(-1)]).toEqual([
      false,
      expect.stringContaining('connection:payments has not been reviewed'),
    ]);
    const next = await client.ask({ resource: other, break_glass: true });
    expect(next.status).toBe(409);
    expect(next.body).toMatchObject({ code: 'break-glass-open', open_request_id: taken.body.id });
    // Everybody else goes on, and so does asking in the ordinary way.
    expect((await client.ask({ resource: other, break_glass: true }, 'member2')).status).toBe(201);
    expect((await client.ask({ resource: other })).body.status).toBe('pending');
    const closed = await close(taken.body.id, 'admin', { justified: false, note: 'Could have waited.' });
    expect(closed.status).toBe(200);
    expect(closed.body.request.break_glass).toMatchObject({
      closed_by: { email: 'admin@example.com' },
      justified: false,
      note: 'Could have waited.',
    });
    expect((await client.ask({ resource: other, break_glass: true })).status).toBe(201);
  });

  it('is one of two that are taken at once', async () => {
    const [one, two] = [await glass(), await client.connection('ledger', { break_glass: true })];
    const answers = await Promise.all([one, two].map((resource) => client.ask({ resource, break_glass: true })));
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([201, 409]);
  });

  it('is closed once, by who could have reviewed it, never by its holder', async () => {
    const resource = await client.connection('owners-only', { break_glass: true, reviewer_roles: ['owner'] });
    const taken = await client.ask({ resource, break_glass: true }, 'admin');
    const { id } = taken.body;
    expect((await close(id, 'admin')).body.code).toBe('self-review');
    expect((await close(id, 'admin2')).body.code).toBe('not-allowed');
    expect((await close(id, 'member')).status).toBe(403);
    expect((await close(id, 'owner', { justified: true })).status).toBe(422);
    expect((await close(id)).status).toBe(200);
    expect((await close(id)).body.code).toBe('already-decided');
    const ordinary = await client.ask();
    expect((await close(ordinary.body.id)).body.code).toBe('conflict');
    expect((await close('req_unknown')).status).toBe(404);
  });
});
