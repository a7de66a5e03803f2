import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startAdminApi, type TestAdminApi } from '../support/admin-api.ts';
import { clearAccess } from '../support/clear-access.ts';
import { PRODUCTION, requestClient } from '../support/request-client.ts';
import { PROFILES } from '../support/test-services.ts';
import { waitUntil } from '../support/wait-until.ts';

describe.each(PROFILES)('more time, %s', (profile) => {
  let api: TestAdminApi;
  let client: ReturnType<typeof requestClient>;
  beforeAll(async () => {
    api = await startAdminApi(profile);
    client = requestClient(api);
  });
  afterAll(() => api.stop());
  beforeEach(() => clearAccess(api));

  /** A grant of the member's. */
  async function obtain(body: object = {}) {
    const asked = await client.ask(body);
    return (asked.body.grant ?? (await client.approve(asked.body.id)).body.grant) as {
      id: string;
      request_id: string;
      starts_at: string;
      expires_at: string;
    };
  }
  const grantRow = (id: string) => api.running.parts.knex('grants').where({ id }).first();

  it('is asked for and given: the same grant, with a later end', async () => {
    const grant = await obtain();
    const asked = await api
      .as('member')
      .post(`/v1/grants/${grant.id}/extend`, { reason: 'Not done', duration_seconds: 600 });
    expect(asked.status).toBe(201);
    expect(asked.body).toMatchObject({ extends_grant: { id: grant.id }, resource: PRODUCTION, duration_seconds: 600 });
    await api.running.parts.knex('grants').where({ id: grant.id }).update({ warned_at: new Date() });
    const approved = await client.approve(asked.body.id);
    expect(approved.status).toBe(200);
    expect(approved.body.request).toMatchObject({ status: 'approved', grant: { id: grant.id } });
    const row = await grantRow(grant.id);
    expect(row.expires_at.getTime()).toBe(Date.parse(grant.expires_at) + 600_000);
    expect([row.starts_at.toISOString(), row.warned_at, row.request_id]).toEqual([
      grant.starts_at,
      null,
      grant.request_id,
    ]);
    const extended = (await client.story(asked.body.id)).find((entry) => entry.type === 'grant.extended');
    expect(extended?.details).toMatchObject({
      before: { expires_at: grant.expires_at },
      after: { expires_at: row.expires_at.toISOString() },
    });
    expect(await api.running.parts.knex('grants').where({ request_id: asked.body.id })).toEqual([]);
  });

  it('is asked for without holding the person while it waits for the grant, so that neither waits for the other', async () => {
    const { knex } = api.running.parts;
    const grant = await obtain();
    const asking = await knex.transaction(async (trx) => {
      await trx('grants').where({ id: grant.id }).forUpdate();
      const answer = client.ask({ extends_grant_id: grant.id });
      await waitUntil('it to wait for the grant', async () => {
        const { rows } = await knex.raw(
          `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%"grants"%for update%'
              AND datname = current_database()`,
        );
        return rows.length > 0;
      });
      // As disabling does, which holds the grants by now.
      expect(
        await trx('people')
          .where({ id: api.idOf('member') })
          .forUpdate()
          .noWait(),
      ).toHaveLength(1);
      return { answer };
    });
    expect((await asking.answer).status).toBe(201);
  });

  it('is asked for until a time, or for ever, and never for less', async () => {
    const grant = await obtain();
    const end = Date.parse(grant.expires_at);
    const extend = (body: object) => client.ask({ extends_grant_id: grant.id, ...body });
    const until = new Date(end + 60_000).toISOString();
    const asked = await extend({ until });
    await client.approve(asked.body.id);
    expect((await grantRow(grant.id)).expires_at.toISOString()).toBe(until);
    const less = await extend({ until: grant.expires_at });
    expect([less.status, less.body.errors[0].field]).toEqual([422, 'until']);
    const forEver = await extend({ duration_seconds: null });
    await client.approve(forEver.body.id);
    expect((await grantRow(grant.id)).expires_at).toBeNull();
    expect((await extend({ duration_seconds: 60 })).body.code).toBe('already-have');
  });

  it('is one request per grant, and for who holds it', async () => {
    const grant = await obtain();
    const extend = (who: string, body: object = {}) => client.ask({ extends_grant_id: grant.id, ...body }, who);
    const first = await extend('member');
    const second = await extend('member', { resource: PRODUCTION });
    expect([second.status, second.body.id]).toEqual([200, first.body.id]);
    expect((await extend('member2')).status).toBe(404);
    expect((await extend('owner')).status).toBe(404);
    const other = await extend('member', { role: 'admin' });
    expect([other.status, other.body.errors[0].field]).toEqual([422, 'extends_grant_id']);
    const later = await extend('member', { starts_at: new Date(Date.now() + 60_000).toISOString() });
    expect([later.status, later.body.errors[0].field]).toEqual([422, 'starts_at']);
    expect((await extend('member', { break_glass: true })).body.errors[0].field).toBe('break_glass');
  });

  it('never goes beyond the ceiling, in however many steps', async () => {
    const resource = await client.connection('bounded', { max_duration_seconds: 600, auto_approve: true });
    const grant = await obtain({ resource, duration_seconds: 300 });
    const extend = (duration_seconds: number | null) => client.ask({ extends_grant_id: grant.id, duration_seconds });
    const first = await extend(200);
    expect([first.status, first.body.status]).toEqual([201, 'approved']);
    expect((await grantRow(grant.id)).expires_at.getTime()).toBe(Date.parse(grant.starts_at) + 500_000);
    const beyond = await extend(101);
    expect(beyond.body).toMatchObject({
      code: 'duration-too-long',
      max_duration_seconds: 600,
      latest_end: new Date(Date.parse(grant.starts_at) + 600_000).toISOString(),
    });
    expect((await extend(null)).body.code).toBe('duration-too-long');
    expect((await extend(100)).body.status).toBe('approved');
  });

  it('is a new beginning where the time ran out while it was asked for', async () => {
    const grant = await obtain({ duration_seconds: 1 });
    const asked = await client.ask({ extends_grant_id: grant.id, duration_seconds: 60 });
    expect(asked.status).toBe(201);
    await waitUntil('the end', () => Date.now() >= Date.parse(grant.expires_at));
    const before = Date.now();
    const fresh = (await client.approve(asked.body.id)).body.grant;
    expect(fresh).toMatchObject({ request_id: asked.body.id, state: 'active' });
    expect(fresh.id).not.toBe(grant.id);
    expect(Date.parse(fresh.starts_at)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(fresh.expires_at) - Date.parse(fresh.starts_at)).toBe(60_000);
    const late = await client.ask({ extends_grant_id: grant.id });
    expect([late.status, late.body.code, late.body.state]).toEqual([409, 'already-ended', 'expired']);
  });

  it.each([
    ['owner', 'revoked'],
    ['member', 'given-up'],
  ])('is over when the %s ends the access', async (who, state) => {
    const grant = await obtain();
    const asked = await client.ask({ extends_grant_id: grant.id });
    await api.as(who).post(`/v1/grants/${grant.id}/revoke`, {});
    expect((await client.read(asked.body.id)).status).toBe('cancelled');
    const told = (await client.story(asked.body.id)).find((entry) => entry.type === 'access-request.cancelled');
    expect(told?.details['reason']).toContain(state === 'revoked' ? 'revoked' : 'given up');
    expect((await client.approve(asked.body.id)).body.code).toBe('already-decided');
    expect((await client.ask({ extends_grant_id: grant.id })).body).toMatchObject({ code: 'already-ended', state });
  });

  it('never leaves a request open when the access is revoked in the very moment it is approved', async () => {
    for (let round = 0; round < 10; round += 1) {
      await clearAccess(api);
      const grant = await obtain();
      const asked = await client.ask({ extends_grant_id: grant.id });
      const [approved, revoked] = await Promise.all([
        client.approve(asked.body.id),
        api.as('owner').post(`/v1/grants/${grant.id}/revoke`, {}),
      ]);
      expect(revoked.status).toBe(200);
      expect([200, 409]).toContain(approved.status);
      const { status } = await client.read(asked.body.id);
      expect(status).toBe(approved.status === 200 ? 'approved' : 'cancelled');
    }
  });

  it('may be asked for what is hidden from everybody else', async () => {
    const payroll = { type: 'connection', id: 'payroll' };
    const assigned = await api
      .as('owner')
      .post('/v1/grants', { subject_id: api.idOf('member'), resource: payroll, duration_seconds: 3_600 });
    expect(assigned.status).toBe(201);
    const asked = await client.ask({ extends_grant_id: assigned.body.grant.id });
    expect([asked.status, asked.body.resource.id]).toEqual([201, 'payroll']);
    expect((await client.approve(asked.body.id)).body.grant.id).toBe(assigned.body.grant.id);
    expect((await client.ask({ resource: payroll })).status).toBe(404);
  });

  it('may be asked for a Role that one has by a grant only', async () => {
    const grant = await obtainRole();
    const asked = await client.ask({ extends_grant_id: grant.id }, 'viewer');
    expect([asked.status, asked.body.role]).toEqual([201, 'member']);
    await client.approve(asked.body.id);
    expect((await grantRow(grant.id)).expires_at.getTime()).toBe(Date.parse(grant.expires_at) + 3_600_000);
  });

  async function obtainRole(): Promise<{ id: string; expires_at: string }> {
    const asked = await client.ask({ role: 'member' }, 'viewer');
    return (await client.approve(asked.body.id)).body.grant;
  }
});
