import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startAdminApi, type TestAdminApi } from '../support/admin-api.ts';
import type { Answer } from '../support/http-client.ts';

interface Item {
  readonly id: string;
  readonly reason: string;
  readonly can_review: boolean;
  readonly status: string;
}

describe.each(['embedded', 'server'] as const)('the review queue, %s', (profile) => {
  let api: TestAdminApi;
  let made = 0;
  beforeAll(async () => {
    api = await startAdminApi(profile);
    await put('/v1/scopes/lab', {
      name: 'Laboratory',
      rules: [{ level: 'environment', id: 'lab' }],
      owners: [api.idOf('admin2')],
    });
  });
  afterAll(() => api.stop());

  const send = (who: string, method: string, path: string, body: object): Promise<Answer> =>
    api.as(who).send(method, path, { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
  const put = (path: string, body: object) => send('owner', 'PUT', path, body);
  const connect = async (attributes: object = {}, name = ''): Promise<string> => {
    const id = `q${(made += 1)}`;
    await put(`/v1/resources/connection/${id}`, { name: name || id, environment: 'lab', attributes });
    return id;
  };
  const ask = async (id: string, body: object = {}, who = 'member'): Promise<string> => {
    const asked = await api.as(who).post('/v1/access-requests', {
      resource: { type: 'connection', id },
      reason: 'INC-7',
      duration_seconds: 3600,
      ...body,
    });
    expect([asked.status, asked.body.detail]).toEqual([201, undefined]);
    return asked.body.id;
  };
  const list = async (query: string, who = 'admin'): Promise<Item[]> => {
    const listed = await api.as(who).get(`/v1/access-requests?limit=200&${query}`);
    expect([query, listed.status, listed.body.detail]).toEqual([query, 200, undefined]);
    const counted = await api.as(who).get(`/v1/access-requests/count?${query.replace(/&?(sort|order)=\w+/g, '')}`);
    expect(counted.body).toEqual({ count: listed.body.items.length });
    return listed.body.items;
  };
  const idsOf = (items: readonly Item[]) => items.map((item) => item.id);

  it('is searched by requester, by what is asked for and by reason, taken literally', async () => {
    const named = await ask(await connect({}, 'Harbour crane'), { reason: 'lift_100%' });
    const other = await ask(await connect(), { reason: 'liftX100 percent' }, 'viewer');
    expect(idsOf(await list('q=HARBOUR'))).toEqual([named]);
    expect(idsOf(await list('q=lift_100%25'))).toEqual([named]);
    expect(idsOf(await list('q=vera'))).toEqual([other]);
    expect(idsOf(await list(`q=viewer@example&status=pending`))).toEqual([other]);
    expect(idsOf(await list(`q=q${made}`))).toEqual([other]);
    expect(await list('q=nothing-of-that-name')).toEqual([]);
    const scope = await api
      .as('viewer')
      .post('/v1/access-requests', { scope_id: 'lab', reason: 'r', duration_seconds: 60 });
    expect(idsOf(await list('q=laboratory'))).toEqual([scope.body.id]);
  });

  it('is narrowed by status, kind, resource and requester', async () => {
    const connection = await connect();
    const pending = await ask(connection);
    const cancelled = await ask(connection, {}, 'member2');
    await api.as('member2').post(`/v1/access-requests/${cancelled}/cancel`, {});
    const about = `resource=connection:${connection}`;
    expect(idsOf(await list(about))).toEqual([cancelled, pending]);
    expect(idsOf(await list(`${about}&status=pending`))).toEqual([pending]);
    expect(idsOf(await list(`${about}&status=pending,cancelled`))).toEqual([cancelled, pending]);
    expect(idsOf(await list(`${about}&requester=${api.idOf('member2')}`))).toEqual([cancelled]);
    expect(await list(`${about}&kind=scope`)).toEqual([]);
    expect(idsOf(await list(`${about}&kind=resource`))).toHaveLength(2);
  });

  it('tells who is too late from who is pending, before a job has', async () => {
    const connection = await connect();
    const id = await ask(connection);
    await api.running.parts
      .knex('access_requests')
      .where({ id })
      .update({ pending_until: new Date(Date.now() - 1) });
    const about = `resource=connection:${connection}`;
    expect(await list(`${about}&status=pending`)).toEqual([]);
    expect((await list(`${about}&status=expired`))[0]).toMatchObject({ id, status: 'expired', can_review: false });
    expect(idsOf(await list(`${about}&status=pending,expired`))).toEqual([id]);
    expect(await list(`${about}&awaiting=me`)).toEqual([]);
  });

  it('shows each reviewer exactly what they can act on now, and others nothing', async () => {
    const anybody = await ask(await connect());
    const owner = await ask(await connect({ reviewer_roles: ['owner'] }));
    const named = await ask(await connect({ reviewer_people: ['admin@example.com'] }));
    const owners = await ask(await connect({ scope_owners: true }));
    const stages = await ask(
      await connect({
        stages: [
          { name: 'A', reviewer_roles: ['admin'] },
          { name: 'B', reviewer_roles: ['owner'] },
        ],
      }),
    );
    const own = await ask(await connect(), {}, 'admin');
    const all = new Set([anybody, owner, named, owners, stages, own]);
    const awaited = async (who: string) => idsOf(await list('awaiting=me', who)).filter((id) => all.has(id));
    const sameAsInView = async (who: string) => {
      const shown = (await list('', who)).filter((item) => all.has(item.id) && item.can_review);
      expect(idsOf(shown)).toEqual(await awaited(who));
    };
    expect((await awaited('admin')).toSorted()).toEqual([anybody, named, stages].toSorted());
    expect((await awaited('admin2')).toSorted()).toEqual([anybody, owners, stages, own].toSorted());
    expect((await awaited('owner')).toSorted()).toEqual([anybody, owner, own].toSorted());
    expect(await awaited('member')).toEqual([]);
    await api.as('admin').post(`/v1/access-requests/${stages}/approve`, {});
    expect(await awaited('admin')).not.toContain(stages);
    expect(await awaited('admin2')).not.toContain(stages);
    expect(await awaited('owner')).toContain(stages);
    for (const who of ['admin', 'admin2', 'owner']) await sameAsInView(who);
  });

  it('keeps its order over pages, whatever it is sorted by', async () => {
    for (const who of ['member', 'member2', 'viewer']) {
      for (let round = 0; round < 3; round += 1) await ask(await connect({}, 'paged'), {}, who);
    }
    for (const sort of ['submitted', 'pending_until', 'requester']) {
      for (const order of ['', '&order=asc', '&order=desc']) {
        const query = `q=paged&sort=${sort}${order}`;
        const whole = idsOf(await list(query));
        expect(whole).toHaveLength(9);
        const paged: string[] = [];
        let cursor = '';
        do {
          const page: Answer = await api.as('admin').get(`/v1/access-requests?${query}&limit=2&cursor=${cursor}`);
          paged.push(...idsOf(page.body.items));
          cursor = page.body.next_cursor ?? '';
        } while (cursor !== '');
        expect([query, paged]).toEqual([query, whole]);
      }
    }
    const names = (await api.as('admin').get('/v1/access-requests?q=paged&sort=requester')).body.items.map(
      (item: { requester: { name: string } }) => item.requester.name,
    );
    expect(names).toEqual(names.toSorted());
    const first = await api.as('admin').get('/v1/access-requests?limit=1&sort=submitted');
    const foreign = await api.as('admin').get(`/v1/access-requests?sort=requester&cursor=${first.body.next_cursor}`);
    expect([foreign.status, foreign.body.errors[0].field]).toEqual([422, 'cursor']);
  });

  it('stays light: no history, no bundle, few queries whatever the size of the page', async () => {
    const { knex } = api.running.parts;
    let queries = 0;
    const count = (): void => void (queries += 1);
    const measured = async (limit: number): Promise<number> => {
      queries = 0;
      knex.on('query', count);
      const page = await api.as('admin').get(`/v1/access-requests?limit=${limit}`);
      knex.removeListener('query', count);
      expect(page.body.items).toHaveLength(limit);
      for (const item of page.body.items) expect(item).toMatchObject({ history: [], bundle: [] });
      return queries;
    };
    expect(await measured(10)).toBe(await measured(2));
    expect(queries).toBeLessThanOrEqual(16);
  });

  it('decides many at once, each by its own rules, and says what came of each', async () => {
    const plain = await ask(await connect());
    const two = await ask(await connect({ approvals_required: 2 }));
    const owner = await ask(await connect({ reviewer_roles: ['owner'] }));
    const own = await ask(await connect(), {}, 'admin');
    const headers = { 'idempotency-key': crypto.randomUUID() };
    const body = { ids: [plain, two, owner, own, 'req_none'], verdict: 'approve', note: 'weekly round' };
    const decided = await api.as('admin').post('/v1/access-requests/decide', body, headers);
    expect(decided.status).toBe(200);
    const results: { id: string; outcome: string; problem?: { code: string; status: number } }[] = decided.body.results;
    expect(results.map(({ id, outcome, problem }) => [id, outcome, problem?.code])).toEqual([
      [plain, 'approved', undefined],
      [two, 'recorded', undefined],
      [owner, 'refused', 'not-allowed'],
      [own, 'refused', 'self-review'],
      ['req_none', 'refused', 'not-found'],
    ]);
    expect(results[2]?.problem).toMatchObject({ status: 403, detail: expect.any(String), title: expect.any(String) });
    const again = await api.as('admin').post('/v1/access-requests/decide', body, headers);
    expect([again.headers.get('idempotency-replayed'), again.body]).toEqual(['true', decided.body]);
    const view = (await api.as('admin').get(`/v1/access-requests/${two}`)).body;
    expect(view.reviews).toMatchObject([{ note: 'weekly round', reviewer: { id: api.idOf('admin') } }]);
    const denied = await api.as('owner').post('/v1/access-requests/decide', { ids: [two, plain], verdict: 'deny' });
    expect(denied.body.results.map((one: { outcome: string }) => one.outcome)).toEqual(['denied', 'refused']);
    expect((await api.as('member').post('/v1/access-requests/decide', body)).status).toBe(403);
  });

  it('lets two Admins decide the same heap at once: every request is decided once', async () => {
    const ids: string[] = [];
    for (let index = 0; index < 8; index += 1) ids.push(await ask(await connect(), {}, 'viewer'));
    const [one, other] = await Promise.all([
      api.as('admin').post('/v1/access-requests/decide', { ids, verdict: 'approve' }),
      api.as('admin2').post('/v1/access-requests/decide', { ids: ids.toReversed(), verdict: 'deny' }),
    ]);
    const outcomes = [...one.body.results, ...other.body.results] as { id: string; outcome: string }[];
    for (const id of ids) {
      const own = outcomes.filter((result) => result.id === id && result.outcome !== 'refused');
      expect(own).toHaveLength(1);
      expect((await api.as('admin').get(`/v1/access-requests/${id}`)).body.status).toBe(own[0]?.outcome);
    }
  });

  it('shows what stands around a request, to Admins only', async () => {
    const connection = await connect();
    const earlier = await ask(connection, {}, 'member2');
    await api.as('member2').post(`/v1/access-requests/${earlier}/cancel`, {});
    const asked = await api
      .as('member2')
      .post('/v1/access-requests', { scope_id: 'lab', reason: 'r', duration_seconds: 60, evaluation_id: 'ev_1' });
    const context = await api.as('admin').get(`/v1/access-requests/${asked.body.id}/context`);
    expect(context.body).toMatchObject({
      requester: { id: api.idOf('member2'), role: 'member', groups: [] },
      active_grants: [{ kind: 'scope', scope: { id: 'staging' }, can_extend: false }],
      denial: { evaluation_id: 'ev_1' },
    });
    expect(context.body.past_requests[0]).toMatchObject({ id: earlier, status: 'cancelled', kind: 'resource' });
    const covered = context.body.covers.map((one: { id: string }) => one.id);
    expect(covered).toContain(connection);
    expect(covered).not.toContain('aws-production');
    expect((await api.as('member2').get(`/v1/access-requests/${asked.body.id}/context`)).status).toBe(403);
    const role = await api
      .as('viewer')
      .post('/v1/access-requests', { role: 'admin', reason: 'r', duration_seconds: 60 });
    const opened = await api.as('admin').get(`/v1/access-requests/${role.body.id}/context`);
    expect(opened.body.covers).toEqual([{ type: 'feature', id: 'cost-explorer', name: 'Cost explorer' }]);
  });
});
