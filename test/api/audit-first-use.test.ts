import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startAdminApi, type TestAdminApi } from '../support/admin-api.ts';
import { PROFILES } from '../support/test-services.ts';

const PRODUCTION = { type: 'connection', id: 'aws-production' } as const;
const KEY = { kty: 'OKP', crv: 'Ed25519', x: 'A'.repeat(43), kid: 'sdc_test' };

describe.each(PROFILES)('the first use of a grant, %s', (profile) => {
  let api: TestAdminApi;
  let counter = 0;
  beforeAll(async () => {
    api = await startAdminApi(profile);
  });
  afterAll(() => api.stop());

  async function sidecar(resources: string[]) {
    const token = await api.feedToken(resources);
    const instance = `sdc_${(counter += 1)}`;
    const call = (method: string, path: string, body: object) =>
      fetch(`${api.url}/feed/v1/sidecars/${instance}${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const registration = {
      public_url: 'http://p.test',
      resources,
      denial_key: KEY,
      policy_revision: null,
      version: '1',
    };
    const register = () => call('PUT', '', registration);
    expect((await register()).status).toBe(204);
    return {
      instance,
      register,
      report: (...uses: object[]) => call('POST', '/first-uses', { first_uses: uses }),
    };
  }

  async function give(duration_seconds: number | null = 3600): Promise<{ id: string; starts_at: string }> {
    const given = await api
      .as('admin')
      .post('/v1/grants', { subject_id: api.idOf('member'), resource: PRODUCTION, duration_seconds });
    expect(given.status).toBe(201);
    return given.body.grant;
  }

  const usesOf = async (grantId: string) =>
    (await api.as('admin').get(`/v1/audit-events?type=grant.first-used&grant_id=${grantId}`)).body.items;
  const use = (grantId: string, at: string | Date) => ({
    grant_id: grantId,
    at: new Date(at).toISOString(),
    evaluation_id: 'ev_first',
  });

  it('is recorded once, with its entry, whoever reports it and however often', async () => {
    const [one, other] = [await sidecar(['*']), await sidecar(['*'])];
    const grant = await give();
    const at = new Date();
    const answers = await Promise.all([one, other, one, other].map(({ report }) => report(use(grant.id, at))));
    expect(answers.map(({ status }) => status)).toEqual([204, 204, 204, 204]);
    expect((await one.report(use(grant.id, new Date(at.getTime() - 60_000)))).status).toBe(204);
    expect(await usesOf(grant.id)).toMatchObject([
      {
        actor: null,
        subject: { email: 'member@example.com' },
        evaluation_id: 'ev_first',
        details: { first_used_at: at.toISOString(), sidecar: expect.stringMatching(/^sdc_/) },
      },
    ]);
    const row = await api.running.parts.knex('grants').where({ id: grant.id }).first();
    expect(row.first_used_at).toEqual(at);
  });

  it('is taken only of grants that the sidecar may know of, and of those that are', async () => {
    const stranger = await sidecar(['feature:*']);
    const grant = await give();
    expect((await stranger.report(use(grant.id, new Date()), use('grt_unknown', new Date()))).status).toBe(204);
    expect(await usesOf(grant.id)).toEqual([]);
  });

  it('is never before the grant began, after it ended, or in the future', async () => {
    const { report } = await sidecar(['*']);
    const [early, late, over] = [await give(), await give(), await give()];
    await report(use(early.id, '2001-01-01'), use(late.id, '2101-01-01'));
    expect((await usesOf(early.id))[0].details.first_used_at).toBe(early.starts_at);
    expect(Date.parse((await usesOf(late.id))[0].details.first_used_at)).toBeLessThanOrEqual(Date.now());
    await api.as('admin').post(`/v1/grants/${over.id}/revoke`, {});
    await report(use(over.id, new Date(Date.now() + 5_000)));
    const [{ details }] = (await api.as('admin').get(`/v1/audit-events?type=grant.revoked&grant_id=${over.id}`)).body
      .items;
    expect((await usesOf(over.id))[0].details.first_used_at).toBe(details.ended_at);
  });

  it('gives nothing: no fact changes by it', async () => {
    const { report } = await sidecar(['*']);
    const grant = await give();
    const { knex } = api.running.parts;
    const before = await knex('feed_head').first();
    await report(use(grant.id, new Date()));
    expect(await usesOf(grant.id)).toHaveLength(1);
    expect(await knex('feed_head').first()).toEqual(before);
  });

  it('is refused without a registration of that credential, and when it is not what was asked for', async () => {
    const { instance, report } = await sidecar(['*']);
    const foreign = await fetch(`${api.url}/feed/v1/sidecars/${instance}/first-uses`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await api.feedToken()}`, 'content-type': 'application/json' },
      body: JSON.stringify({ first_uses: [use('grt_1', new Date())] }),
    });
    expect(foreign.status).toBe(404);
    const many = Array.from({ length: 501 }, (_, place) => use(`grt_${place}`, new Date()));
    for (const [uses, field] of [
      [[], 'first_uses'],
      [many, 'first_uses'],
      [[{ grant_id: 'grt_1', at: 'today', evaluation_id: 'ev_1' }], 'first_uses.0.at'],
      [[{ ...use('grt_1', new Date()), subject: 'per_1' }], 'first_uses.0.subject'],
    ] as const) {
      const answer = await report(...uses);
      const body = (await answer.json()) as { errors: { field: string }[] };
      expect([answer.status, body.errors[0]?.field]).toEqual([422, field]);
    }
  });

  it('comes after an entry of the sidecar itself, one however often it registers the same', async () => {
    const { instance, register } = await sidecar(['connection:*']);
    await register();
    await register();
    const { items } = (await api.as('admin').get('/v1/audit-events?type=sidecar.registered')).body;
    const own = items.filter((item: { details: { sidecar: string } }) => item.details.sidecar === instance);
    expect(own).toMatchObject([{ actor: null, details: { resources: ['connection:*'], public_url: 'http://p.test' } }]);
  });
});
