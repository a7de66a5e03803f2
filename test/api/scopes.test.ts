import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startAdminApi, type TestAdminApi } from '../support/admin-api.ts';

const RULES = [{ level: 'connection', id: 'payroll' }];

describe.each(['embedded', 'server'] as const)('Scopes, %s', (profile) => {
  let api: TestAdminApi;
  beforeAll(async () => {
    api = await startAdminApi(profile);
  });
  afterAll(() => api.stop());
  const put = (id: string, body: object) =>
    api.as('admin').send('PUT', `/v1/scopes/${id}`, {
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });

  it('name their owners, which are recorded, and which sidecars are never told', async () => {
    const owners = [api.idOf('admin2'), api.idOf('member')];
    const made = await put('finance', { name: 'Finance', rules: RULES, owners });
    expect([made.status, made.body.owners]).toEqual([201, owners]);
    expect((await api.as('admin').get('/v1/scopes/finance')).body).toEqual({
      id: 'finance',
      name: 'Finance',
      description: '',
      rules: RULES,
      owners,
    });
    const events = await api.as('owner').get('/v1/audit-events?type=scope.created');
    expect(events.body.items[0].details.after).toMatchObject({ id: 'finance', owners });
    const change = await api.running.parts.knex('feed_changes').orderBy('revision', 'desc').first();
    expect(change.facts).toEqual([
      { kind: 'scope', id: 'finance', value: { id: 'finance', name: 'Finance', description: '', rules: RULES } },
    ]);
    const changed = await put('finance', { name: 'Finance', rules: RULES });
    expect([changed.status, changed.body.owners]).toEqual([200, []]);
  });

  it('tell nobody but Admins of hidden resources, one by one as in the list', async () => {
    expect((await api.as('member').get('/v1/scopes/finance')).body.rules).toEqual([]);
    expect((await api.as('admin').get('/v1/scopes/finance')).body.rules).toEqual(RULES);
  });
});
