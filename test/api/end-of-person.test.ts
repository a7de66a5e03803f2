import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { END_BATCH } from '../../admin-api/grants/end-grants-of.ts';
import { newId } from '../../core/access/ids.ts';
import { startAdminApi, type TestAdminApi } from '../support/admin-api.ts';
import type { Answer } from '../support/http-client.ts';

describe.each(['embedded', 'server'] as const)('the end of what a person has, %s', (profile) => {
  let api: TestAdminApi;
  beforeAll(async () => {
    api = await startAdminApi(profile);
  });
  afterAll(() => api.stop());

  const patch = (id: string, body: object, who = 'owner'): Promise<Answer> =>
    api.as(who).send('PATCH', `/v1/people/${id}`, {
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });
  const addPerson = async (): Promise<string> => {
    const email = `${crypto.randomUUID()}@example.com`;
    return (await api.as('owner').post('/v1/people', { email, name: 'Pia', role: 'member' })).body.id;
  };
  const give = async (subject_id: string, body: object = { scope_id: 'production' }): Promise<string> => {
    const given = await api.as('owner').post('/v1/grants', { subject_id, duration_seconds: null, ...body });
    expect(given.status).toBe(201);
    return given.body.grant.id;
  };
  const grantsOf = (id: string) => api.running.parts.knex('grants').where({ subject_id: id }).orderBy('id');
  const lastFacts = async (): Promise<{ kind: string; id: string; value: unknown }[]> => {
    const row = await api.running.parts.knex('feed_changes').orderBy('revision', 'desc').first();
    return row.facts;
  };

  it('comes with being disabled: all grants at once, in one change of the feed, and what is pending', async () => {
    const scope = await give(api.idOf('member2'));
    const role = await give(api.idOf('member2'), { role: 'admin' });
    const feature = await api.as('member2').post('/v1/access-requests', {
      resource: { type: 'feature', id: 'cost-explorer' },
      reason: 'r',
      duration_seconds: 60,
    });
    expect(feature.status).toBe(201);
    expect((await patch(api.idOf('member2'), { disabled: true })).body.disabled).toBe(true);
    const rows = await grantsOf(api.idOf('member2'));
    expect(rows.length).toBeGreaterThanOrEqual(3);
    for (const row of rows) {
      expect(row).toMatchObject({
        end_reason: 'revoked',
        ended_by: api.idOf('owner'),
        end_note: 'The account was disabled.',
      });
    }
    const facts = await lastFacts();
    expect(facts.find((fact) => fact.kind === 'subject')).toMatchObject({ value: { disabled: true } });
    for (const id of [scope, role]) expect(facts).toContainEqual({ kind: 'grant', id, value: null });
    const request = (await api.as('owner').get(`/v1/access-requests/${feature.body.id}`)).body;
    expect(request.status).toBe('cancelled');
    expect(request.history.at(-1)).toMatchObject({
      type: 'access-request.cancelled',
      actor: { id: api.idOf('owner') },
      note: 'The account was disabled.',
    });
    const audit = await api.as('owner').get(`/v1/audit-events?grant_id=${scope}`);
    expect(audit.body.items[0]).toMatchObject({ type: 'grant.revoked', actor: { id: api.idOf('owner') } });
    expect((await api.as('admin').post(`/v1/access-requests/${feature.body.id}/approve`, {})).body.code).toBe(
      'already-decided',
    );
  });

  it('is for good: being enabled again brings nothing back', async () => {
    const id = await addPerson();
    await give(id);
    await patch(id, { disabled: true });
    const ended = await grantsOf(id);
    await patch(id, { disabled: false });
    expect(await grantsOf(id)).toEqual(ended);
    expect(ended).toMatchObject([{ end_reason: 'revoked' }]);
  });

  it('also reaches grants that were never ended because somebody was disabled before there was this rule', async () => {
    const id = await addPerson();
    await give(id);
    await api.running.parts.knex('people').where({ id }).update({ disabled_at: new Date() });
    await patch(id, { disabled: false });
    expect(await grantsOf(id)).toMatchObject([{ end_reason: 'revoked' }]);
  });

  it('takes more grants than one transaction may change', async () => {
    const id = await addPerson();
    const many = END_BATCH * 2 + 5;
    const rows = Array.from({ length: many }, () => ({
      id: newId('grant'),
      subject_id: id,
      kind: 'scope',
      scope_id: 'production',
      starts_at: new Date(),
      origin: 'assignment',
      created_at: new Date(),
    }));
    await api.running.parts.knex.batchInsert('grants', rows, 1000);
    const revoked = await api.as('admin').post(`/v1/people/${id}/revoke-all`, { note: 'left the team' });
    expect([revoked.status, revoked.body]).toEqual([200, { ended: many }]);
    const left = await grantsOf(id).whereNull('ended_at');
    expect(left).toEqual([]);
    expect((await api.as('admin').post(`/v1/people/${id}/revoke-all`, {})).body).toEqual({ ended: 0 });
  });

  it('can be brought about by an Admin without disabling anybody, and by nobody less', async () => {
    const id = await addPerson();
    const grant = await give(id);
    expect((await api.as('member').post(`/v1/people/${id}/revoke-all`, {})).status).toBe(403);
    expect((await api.as('admin').post(`/v1/people/${id}/revoke-all`, { note: 'rotation' })).body).toEqual({
      ended: 1,
    });
    expect(await lastFacts()).toEqual([{ kind: 'grant', id: grant, value: null }]);
    expect(await grantsOf(id)).toMatchObject([
      { end_reason: 'revoked', ended_by: api.idOf('admin'), end_note: 'rotation' },
    ]);
    expect((await api.as('owner').get(`/v1/people/${id}`)).body).toMatchObject({ id, disabled: false });
  });

  it('leaves no grant behind when an approval races with it', async () => {
    for (let round = 0; round < 8; round += 1) {
      await patch(api.idOf('viewer'), { disabled: false });
      const asked = await api
        .as('viewer')
        .post('/v1/access-requests', { scope_id: 'production', reason: 'r', duration_seconds: 60 });
      expect(asked.status).toBe(201);
      const [approved, disabled] = await Promise.all([
        api.as('admin').post(`/v1/access-requests/${asked.body.id}/approve`, {}),
        patch(api.idOf('viewer'), { disabled: true }),
      ]);
      expect(disabled.status).toBe(200);
      expect([200, 409]).toContain(approved.status);
      expect(await grantsOf(api.idOf('viewer')).whereNull('ended_at')).toEqual([]);
      const { status } = (await api.as('owner').get(`/v1/access-requests/${asked.body.id}`)).body;
      expect(status).toBe(approved.status === 200 ? 'approved' : 'cancelled');
    }
  });
});
