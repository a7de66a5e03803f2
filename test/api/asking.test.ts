import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startAdminApi, type TestAdminApi } from '../support/admin-api.ts';
import { clearAccess } from '../support/clear-access.ts';
import { PRODUCTION, requestClient } from '../support/request-client.ts';
import { PROFILES } from '../support/test-services.ts';
import { waitUntil } from '../support/wait-until.ts';

const DAY_MS = 86_400_000;
const at = (ms: number) => new Date(Date.now() + ms).toISOString();

describe.each(PROFILES)('what is asked for, %s', (profile) => {
  let api: TestAdminApi;
  let client: ReturnType<typeof requestClient>;
  beforeAll(async () => {
    api = await startAdminApi(profile);
    client = requestClient(api);
  });
  afterAll(() => api.stop());
  beforeEach(() => clearAccess(api));

  it('begins and ends when it was asked to', async () => {
    const [starts_at, until] = [at(3_600_000), at(7_200_000)];
    const asked = await client.ask({ starts_at, until });
    expect(asked.body).toMatchObject({ status: 'pending', starts_at, until, duration_seconds: null, joined: false });
    const approved = await client.approve(asked.body.id);
    expect(approved.body.grant).toMatchObject({ state: 'scheduled', starts_at, expires_at: until });
    expect(approved.body.request.given.modifications).toEqual([]);
    const [submitted] = await client.story(asked.body.id);
    expect(submitted?.details['asked']).toMatchObject({ starts_at, until, duration_seconds: null });
  });

  it('begins at approval where the time it was asked for has passed', async () => {
    const starts_at = at(300);
    const asked = await client.ask({ starts_at, duration_seconds: 60 });
    await waitUntil('the asked beginning', () => Date.now() > Date.parse(starts_at));
    const before = Date.now();
    const { grant } = (await client.approve(asked.body.id)).body;
    expect(Date.parse(grant.starts_at)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(grant.expires_at) - Date.parse(grant.starts_at)).toBe(60_000);
  });

  it('waits for reviewers no longer than it could last', async () => {
    const until = at(1_500);
    const asked = await client.ask({ until });
    expect(asked.body.pending_until).toBe(until);
    await waitUntil('its end', () => Date.now() > Date.parse(until));
    expect((await client.read(asked.body.id)).status).toBe('expired');
    expect((await client.approve(asked.body.id)).body.code).toBe('already-decided');
    // What is over is not joined, and is recorded as over at once.
    const again = await client.ask();
    expect([again.status, again.body.joined]).toEqual([201, false]);
    expect((await client.story(asked.body.id)).map((entry) => entry.type)).toEqual([
      'access-request.submitted',
      'access-request.expired',
    ]);
  });

  it.each([
    ['no length', { duration_seconds: undefined }, 'duration_seconds'],
    ['two lengths', { duration_seconds: 60, until: at(DAY_MS) }, 'until'],
    ['an end in the past', { until: at(-1_000) }, 'until'],
    ['an end before the beginning', { until: at(DAY_MS), starts_at: at(2 * DAY_MS) }, 'until'],
    ['an end in twenty years', { until: at(20 * 365 * DAY_MS) }, 'until'],
    ['a beginning in the past', { starts_at: at(-1_000) }, 'starts_at'],
    ['a beginning in a year', { starts_at: at(365 * DAY_MS) }, 'starts_at'],
    ['no time at all', { starts_at: 'tomorrow' }, 'starts_at'],
    ['one thing and several', { resource: PRODUCTION, resources: [PRODUCTION] }, 'resources'],
    ['nothing', { resource: undefined }, 'resource'],
    ['no several', { resources: [] }, 'resources'],
    [
      'too many',
      { resources: Array.from({ length: 11 }, (_, index) => ({ type: 'target', id: `t${index}` })) },
      'resources',
    ],
    ['the same twice', { resources: [PRODUCTION, PRODUCTION] }, 'resources[1]'],
    ['a scheduled emergency', { break_glass: true, starts_at: at(DAY_MS) }, 'starts_at'],
  ])('is refused with %s, which names the field', async (_, body, field) => {
    const refused = await client.ask(body);
    expect([refused.status, refused.body.errors?.[0]?.field]).toEqual([422, field]);
    expect(await api.running.parts.knex('access_requests').where({ status: 'pending' })).toEqual([]);
  });

  it('may be several things at once: one bundle, a request each, told once', async () => {
    const database = { type: 'target', id: 'billing-db' };
    const asked = await client.ask({ resources: [PRODUCTION, database] });
    expect(asked.status).toBe(201);
    expect(asked.body.bundle_id).toMatch(/^bdl_/);
    // In the order asked, for whoever waits for each of them.
    expect(asked.body.bundle).toMatchObject([
      { id: asked.body.id, status: 'pending', resource: PRODUCTION },
      { status: 'pending', resource: database },
    ]);
    const { knex } = api.running.parts;
    const rows = await knex('access_requests').where({ bundle_id: asked.body.bundle_id }).orderBy('resource_id');
    expect(rows.map((row: { resource_id: string }) => row.resource_id)).toEqual(['aws-production', 'billing-db']);
    const told = await knex('outbox_events')
      .where({ type: 'access-request.submitted' })
      .whereRaw(`payload->>'request_id' = ANY(?)`, [rows.map((row: { id: string }) => row.id)]);
    expect(told.map((event: { payload: object }) => event.payload)).toEqual([{ request_id: asked.body.id }]);
    // Each by its own rules.
    await client.approve(rows[0].id);
    expect((await client.read(rows[1].id)).status).toBe('pending');
  });

  it('is all or nothing, and says which it was', async () => {
    const refused = await client.ask({ resources: [PRODUCTION, { type: 'connection', id: 'payroll' }] });
    expect([refused.status, refused.body.errors[0].field]).toEqual([404, 'resources[1]']);
    expect(await api.running.parts.knex('access_requests').where({ status: 'pending' })).toEqual([]);
  });

  it('is asked for once: the second time joins the first, with its reason', async () => {
    const first = await client.ask();
    const second = await client.ask({ reason: 'It is urgent now', duration_seconds: 60 });
    expect([second.status, second.body.id, second.body.joined]).toEqual([200, first.body.id, true]);
    const entries = await client.story(first.body.id);
    expect(entries.map((entry) => entry.type)).toEqual(['access-request.submitted', 'access-request.joined']);
    expect(entries[1]?.details).toMatchObject({ reason: 'It is urgent now', asked: { duration_seconds: 60 } });
    const bundle = await client.ask({ resources: [PRODUCTION, { type: 'target', id: 'billing-db' }] });
    expect([bundle.status, bundle.body.id, bundle.body.bundle_id]).toEqual([200, first.body.id, expect.any(String)]);
    expect(bundle.body.bundle).toMatchObject([{ id: first.body.id }, { resource: { id: 'billing-db' } }]);
  });

  it('is asked for once by ten tabs at once', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => client.ask()));
    expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([...Array(9).fill(200), 201]);
    // The database itself would not have it otherwise.
    const id = answers[0]?.body.id;
    await api.as('member').post(`/v1/access-requests/${id}/cancel`, {});
    expect((await client.ask()).body.joined).toBe(false);
    const { knex } = api.running.parts;
    await expect(knex('access_requests').where({ id }).update({ status: 'pending', decided_at: null })).rejects.toThrow(
      'access_requests_pending_once',
    );
  });

  it('is not asked for by who has it, who is told how to have it longer', async () => {
    const asked = await client.ask();
    const { grant } = (await client.approve(asked.body.id)).body;
    const facts = { code: 'already-have', grant_id: grant.id, expires_at: grant.expires_at };
    const shorter = await client.ask({ duration_seconds: 60 });
    expect([shorter.status, shorter.body.extend_grant_id]).toEqual([409, undefined]);
    expect(shorter.body).toMatchObject(facts);
    const longer = await client.ask({ duration_seconds: null });
    expect(longer.status).toBe(409);
    expect(longer.body).toMatchObject({ ...facts, extend_grant_id: grant.id });
    expect(longer.body.detail).toContain('extend');
    // Another time is another matter.
    expect((await client.ask({ starts_at: at(2 * DAY_MS) })).status).toBe(201);
  });

  it('is not asked for by who has it through a Scope or a higher Role', async () => {
    const staging = { type: 'connection', id: 'aws-staging' };
    const refused = await client.ask({ resource: staging });
    expect(refused.body).toMatchObject({ code: 'already-have', scope_id: 'staging', expires_at: null });
    // Where the Scope reaches but the Role does not do, the grant for the very resource helps.
    const guarded = await client.connection('staging-vault', {}, { environment: 'staging', minimum_role: 'admin' });
    expect((await client.ask({ resource: guarded })).status).toBe(201);
    const higher = await client.ask({ role: 'admin' }, 'viewer');
    await client.approve(higher.body.id);
    expect((await client.ask({ role: 'member', duration_seconds: 60 }, 'viewer')).body.code).toBe('already-have');
    expect((await client.ask({ role: 'member', duration_seconds: null }, 'viewer')).status).toBe(201);
  });
});
