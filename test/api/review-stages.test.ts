import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { awaitedReviewers } from '../../admin-api/access-requests/awaited-reviewers.ts';
import { startAdminApi, type TestAdminApi } from '../support/admin-api.ts';
import type { Answer } from '../support/http-client.ts';

interface Named {
  readonly id: string;
}

describe.each(['embedded', 'server'] as const)('reviews in stages, %s', (profile) => {
  let api: TestAdminApi;
  let made = 0;
  beforeAll(async () => {
    api = await startAdminApi(profile);
  });
  afterAll(() => api.stop());

  const send = (who: string, method: string, path: string, body: object): Promise<Answer> =>
    api.as(who).send(method, path, { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
  /** A Connection of its own for each request, with the terms of a policy in its attributes. */
  const connect = async (attributes: object, id = `c${(made += 1)}`): Promise<string> => {
    const put = await send('owner', 'PUT', `/v1/resources/connection/${id}`, {
      name: id,
      environment: 'lab',
      attributes,
    });
    expect([200, 201]).toContain(put.status);
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
  const approve = (id: string, who: string, body: object = {}) =>
    api.as(who).post(`/v1/access-requests/${id}/approve`, body);
  const deny = (id: string, who: string) => api.as(who).post(`/v1/access-requests/${id}/deny`, {});
  const read = async (id: string, who = 'admin') => (await api.as(who).get(`/v1/access-requests/${id}`)).body;
  const ids = (people: readonly Named[]) => people.map((person) => person.id).toSorted();
  const per = (...names: string[]) => names.map((name) => api.idOf(name)).toSorted();

  const TWO_STAGES = {
    stages: [
      { name: 'Team', reviewer_people: ['admin@example.com', 'admin2@example.com'] },
      { name: 'Owner', reviewer_roles: ['owner'] },
    ],
  };

  it('are taken in order, each by its own reviewers', async () => {
    const id = await ask(await connect(TWO_STAGES));
    const first = await read(id);
    expect(first).toMatchObject({
      approvals_required: 2,
      stages: [
        { name: 'Team', approvals: 0, state: 'current', reviewers: { roles: [], scope_owners: false } },
        { name: 'Owner', approvals: 0, state: 'waiting', reviewers: { roles: ['owner'], people: [] } },
      ],
      awaiting_count: 2,
      can_review: true,
    });
    expect(ids(first.stages[0].reviewers.people)).toEqual(per('admin', 'admin2'));
    expect(ids(first.awaiting)).toEqual(per('admin', 'admin2'));
    expect((await approve(id, 'owner')).body.code).toBe('not-allowed');
    const recorded = await approve(id, 'admin', { note: 'fine by us' });
    expect(recorded.body).toMatchObject({ grant: null, request: { status: 'pending', can_review: false } });
    const second = await read(id);
    expect(second.stages.map((stage: { state: string }) => stage.state)).toEqual(['done', 'current']);
    expect(ids(second.awaiting)).toEqual(per('owner'));
    expect((await approve(id, 'admin2')).body.code).toBe('not-allowed');
    expect((await approve(id, 'admin')).body.code).toBe('already-reviewed');
    const approved = await approve(id, 'owner');
    expect(approved.body.request).toMatchObject({ status: 'approved', awaiting: [], awaiting_count: 0 });
    expect(approved.body.grant.state).toBe('active');
    const history = (await read(id, 'member')).history;
    expect(history.map((entry: { type: string }) => entry.type)).toEqual([
      'access-request.submitted',
      'review.recorded',
      'access-request.stage-opened',
      'access-request.approved',
      'grant.created',
    ]);
    expect(history[1]).toMatchObject({ actor: { id: api.idOf('admin') }, note: 'fine by us' });
  });

  it('tell of a stage that opens, once, to those who are awaited then', async () => {
    const { parts } = api.running;
    const id = await ask(await connect(TWO_STAGES));
    expect((await awaitedReviewers(parts.accessRequests, parts.knex, id)).toSorted()).toEqual(per('admin', 'admin2'));
    await approve(id, 'admin2');
    expect(await awaitedReviewers(parts.accessRequests, parts.knex, id)).toEqual(per('owner'));
    const events = await parts.knex('outbox_events').whereRaw(`payload ->> 'request_id' = ?`, [id]).pluck('type');
    expect(events.toSorted()).toEqual(['access-request.stage-opened', 'access-request.submitted']);
    await deny(id, 'owner');
    expect(await awaitedReviewers(parts.accessRequests, parts.knex, id)).toEqual([]);
    expect(await read(id)).toMatchObject({ status: 'denied', grant: null });
  });

  it('are for the owners of the Scopes concerned, where the policy says so and they are Admins', async () => {
    const connection = await connect({ scope_owners: true });
    const put = await send('owner', 'PUT', '/v1/scopes/lab', {
      name: 'Lab',
      rules: [{ level: 'environment', id: 'lab' }],
      owners: [api.idOf('admin2'), api.idOf('member2')],
    });
    expect(put.status).toBe(201);
    const id = await ask(connection);
    const view = await read(id);
    expect(ids(view.awaiting)).toEqual(per('admin2'));
    expect(view.stages[0].reviewers).toEqual({ roles: [], people: [], scope_owners: true });
    expect((await approve(id, 'admin')).body.code).toBe('not-allowed');
    expect((await approve(id, 'member2')).status).toBe(403);
    await send('owner', 'PUT', '/v1/scopes/lab', {
      name: 'Lab',
      rules: [{ level: 'environment', id: 'lab' }],
      owners: [api.idOf('admin')],
    });
    expect((await approve(id, 'admin2')).body.code).toBe('not-allowed');
    expect((await approve(id, 'admin')).body.request.status).toBe('approved');
  });

  it('never give more than one grant, nor an outcome that changes, to many reviewers at once', async () => {
    for (const required of [1, 2]) {
      const connection = await connect({ approvals_required: required });
      for (let round = 0; round < 5; round += 1) {
        const id = await ask(connection, { duration_seconds: 60 }, 'viewer');
        const answers = await Promise.all([
          approve(id, 'admin'),
          approve(id, 'admin2'),
          approve(id, 'owner'),
          approve(id, 'admin'),
          deny(id, 'owner'),
        ]);
        const { knex } = api.running.parts;
        const request = await read(id);
        const grants: Named[] = await knex('grants').where({ request_id: id });
        const reviews: { verdict: string; reviewer_id: string }[] = await knex('reviews').where({ request_id: id });
        expect(answers.filter((answer) => answer.status === 200)).toHaveLength(reviews.length);
        expect(answers.every((answer) => answer.status === 200 || answer.status === 409)).toBe(true);
        expect(new Set(reviews.map((review) => review.reviewer_id)).size).toBe(reviews.length);
        const isDenied = reviews.some((review) => review.verdict === 'deny');
        expect(request.status).toBe(isDenied ? 'denied' : 'approved');
        expect(grants).toHaveLength(isDenied ? 0 : 1);
        if (!isDenied) expect(reviews).toHaveLength(required);
        for (const late of [await approve(id, 'admin2'), await deny(id, 'owner')]) {
          expect([late.status, late.body.code]).toEqual([409, 'already-decided']);
        }
        expect((await read(id)).status).toBe(request.status);
        if (grants[0] !== undefined) await api.as('owner').post(`/v1/grants/${grants[0].id}/revoke`, {});
      }
    }
  });

  it('follow a policy that has become stricter: nobody gets around it, and whom it names now is told', async () => {
    const connection = await connect({});
    const id = await ask(connection);
    await connect({ reviewer_roles: ['owner'], approvals_required: 1 }, connection);
    expect((await approve(id, 'admin')).body.code).toBe('not-allowed');
    const view = await read(id);
    expect(view).toMatchObject({ status: 'pending', can_review: false, stages: [{ reviewers: { roles: ['owner'] } }] });
    expect(ids(view.awaiting)).toEqual(per('owner'));
    expect(view.history.map((entry: { type: string }) => entry.type)).toEqual([
      'access-request.submitted',
      'access-request.stages-changed',
    ]);
    expect((await approve(id, 'owner')).body.request.status).toBe('approved');
  });

  it('ask for more approvals where the policy does by now, also when somebody has approved', async () => {
    const connection = await connect({ approvals_required: 2 });
    const id = await ask(connection);
    await approve(id, 'admin');
    await connect({ approvals_required: 3 }, connection);
    expect((await approve(id, 'admin2')).body).toMatchObject({ grant: null, request: { status: 'pending' } });
    expect((await approve(id, 'owner')).body.request.status).toBe('approved');
    const other = await ask(await connect({ approvals_required: 2 }), {}, 'viewer');
    await approve(other, 'admin');
    await connect({ approvals_required: 1 }, `c${made}`);
    expect((await approve(other, 'admin2')).body.request.status).toBe('approved');
  });

  it('refuse what the policy does not allow at all any more', async () => {
    const connection = await connect({});
    const id = await ask(connection);
    await connect({ max_duration_seconds: 60 }, connection);
    const refused = await approve(id, 'admin');
    expect([refused.status, refused.body.code]).toEqual([422, 'duration-too-long']);
    expect((await approve(id, 'admin', { duration_seconds: 60 })).body.request.status).toBe('approved');
  });
});
