import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startAdminApi, type TestAdminApi } from '../support/admin-api.ts';
import { httpClient } from '../support/http-client.ts';

const TOKEN = 'the-token-of-the-decision-api';
const PRODUCTION = { type: 'connection', id: 'aws-production' };
const STAGING = { type: 'connection', id: 'aws-staging' };

// What the certification scenario does not say: who may ask at the control plane, and how fresh an answer is.
describe('the decision API at the control plane', () => {
  let api: TestAdminApi;
  beforeAll(async () => {
    api = await startAdminApi('embedded', { HALLPASS_DECISION_TOKEN: TOKEN });
  });
  afterAll(() => api.stop());

  const question = (name: string, resource = PRODUCTION) => ({
    subject: { type: 'user', id: `${name}@example.com` },
    resource,
    action: { name: 'read' },
  });
  const evaluate = async (caller: string | null, body: object) => {
    const client = caller === null ? httpClient(api.url, TOKEN) : api.as(caller);
    return (await client.post('/access/v1/evaluation', body)).body;
  };

  it('wants to know who asks, and tells everybody where to', async () => {
    const anonymous = await httpClient(api.url, null).post('/access/v1/evaluation', question('member'));
    expect([anonymous.status, anonymous.body.code]).toEqual([401, 'not-signed-in']);
    expect(anonymous.headers.get('www-authenticate')).toContain('Bearer');
    for (const wrong of ['nearly-the-token-of-the-decision-api', `${TOKEN}x`]) {
      expect((await httpClient(api.url, wrong).post('/access/v1/evaluation', question('member'))).status).toBe(401);
    }
    const metadata = await httpClient(api.url, null).get('/.well-known/authzen-configuration');
    expect(metadata.body).toMatchObject({ policy_decision_point: api.url });
    expect((await httpClient(api.url, TOKEN).get('/access/v1/evaluation')).status).toBe(405);
  });

  it('lets people ask about themselves, Admins and whoever has the token about everybody', async () => {
    expect(await evaluate('member', question('member', STAGING))).toMatchObject({ decision: true });
    expect(await evaluate('admin', question('member', STAGING))).toMatchObject({ decision: true });
    expect(await evaluate(null, question('member', STAGING))).toMatchObject({ decision: true });
    // Another person is answered for like nobody at all.
    for (const name of ['member2', 'nobody']) {
      expect(await evaluate('member', question(name, STAGING))).toMatchObject({
        decision: false,
        context: { reason: 'subject-unknown' },
      });
    }
    const search = { subject: { type: 'user' }, resource: STAGING, action: { name: 'read' } };
    const found = async (caller: string) =>
      ((await api.as(caller).post('/access/v1/search/subject', search)).body.results as { id: string }[]).map(
        ({ id }) => id,
      );
    expect(await found('member')).toEqual([api.idOf('member')]);
    expect(await found('admin')).toEqual(expect.arrayContaining([api.idOf('member'), api.idOf('member2')]));
  });

  it('answers with everything that was committed before it was asked', async () => {
    for (let round = 0; round < 10; round += 1) {
      expect(await evaluate(null, question('member'))).toMatchObject({ decision: false });
      const asked = await api
        .as('member')
        .post('/v1/access-requests', { resource: PRODUCTION, reason: 'INC-1', duration_seconds: 600 });
      const approved = await api.as('admin').post(`/v1/access-requests/${asked.body.id}/approve`, {});
      expect(approved.status).toBe(200);
      const allowed = await evaluate(null, question('member'));
      expect(allowed).toMatchObject({ decision: true, context: { grants: [expect.stringMatching(/^grt_/)] } });
      const revoked = await api.as('admin').post(`/v1/grants/${allowed.context.grants[0]}/revoke`, { reason: 'over' });
      expect(revoked.status).toBe(200);
    }
    expect(await evaluate(null, question('member'))).toMatchObject({ decision: false });
  });

  it('begins anew when the feed it had is another one by now, or is pruned', async () => {
    const { knex, run } = api.running.parts;
    expect(await evaluate(null, question('member', STAGING))).toMatchObject({ decision: true });
    await knex('people')
      .where({ id: api.idOf('member') })
      .update({ disabled_at: new Date() });
    // Nothing was published, as in a database restored from a backup: only the epoch tells.
    await knex('feed_head').update({ epoch: 'restored' });
    expect(await evaluate(null, question('member', STAGING))).toMatchObject({
      decision: false,
      context: { reason: 'subject-disabled' },
    });
    await knex('people')
      .where({ id: api.idOf('member') })
      .update({ disabled_at: null });
    await run(async (unit) => {
      const value = await unit
        .trx('people')
        .where({ id: api.idOf('member2') })
        .first();
      unit.publish({ kind: 'subject', id: value.id, value: { ...value, sub: value.sub ?? value.id, disabled: false } });
    });
    await knex('feed_changes').delete();
    expect(await evaluate(null, question('member', STAGING))).toMatchObject({ decision: true });
  });
});
