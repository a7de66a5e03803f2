import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startAdminApi, type TestAdminApi } from '../support/admin-api.ts';
import { clearAccess } from '../support/clear-access.ts';
import { requestClient } from '../support/request-client.ts';
import { httpClient } from '../support/http-client.ts';
import {
  openDenyingSidecar,
  PRODUCTION,
  PROXY,
  REQUESTS,
  SECRET_KEY,
  submission,
  URN,
  type DenyingSidecar,
} from './arap-denials.ts';

// ARAP draft 1: the task, from the submission to its end. What a denial binds is in arap-binding.test.ts.
describe('a task of the Access Request and Approval Profile', () => {
  let api: TestAdminApi;
  let sidecar: DenyingSidecar;
  beforeAll(async () => {
    api = await startAdminApi('embedded', { HALLPASS_SECRET_KEY: SECRET_KEY, HALLPASS_TASK_RETENTION_MS: '3600000' });
    sidecar = await openDenyingSidecar(api);
  });
  afterEach(() => clearAccess(api));
  afterAll(async () => {
    sidecar.close();
    await api.stop();
  });

  const submit = async (more: object = {}, headers: Record<string, string> = {}) =>
    api.as('member').post(REQUESTS, submission(await sidecar.deny('member'), more), headers);
  const read = (id: string, name = 'member') => api.as(name).get(`${REQUESTS}/${id}`);
  const requestOf = async (taskId: string) =>
    (await api.running.parts.knex('access_task_items').where({ task_id: taskId }).first()).request_id as string;

  it('is handed out with everything a program needs to go on', async () => {
    const submitted = await submit();
    const { task } = submitted.body;
    expect(submitted.status).toBe(202);
    expect(task.id).toMatch(/^tsk_[0-9a-f]{32}$/);
    expect(submitted.headers.get('location')).toBe(task.status_endpoint);
    expect(Number(submitted.headers.get('retry-after'))).toBe(5);
    expect(submitted.body).toEqual({
      task: {
        id: task.id,
        status: 'pending',
        status_endpoint: `${api.url}${REQUESTS}/${task.id}`,
        expires_at: expect.any(String),
        display: { title: expect.any(String), description: expect.any(String) },
        progress: { current_step: 1, total_steps: 1, step_name: expect.any(String) },
        links: {
          ticket: `${api.url}/access-requests/${await requestOf(task.id)}`,
          cancel: `${api.url}${REQUESTS}/${task.id}/cancel`,
        },
      },
    });
    const left = Date.parse(task.expires_at) - Date.now();
    expect(left).toBeGreaterThan(86_300_000);
    expect(left).toBeLessThan(86_500_000);
    expect((await read(task.id)).body).toEqual(submitted.body);
    expect(await requestOf(task.id)).not.toContain(task.id.slice(4));
  });

  it('ends approved, with a reference that is signed and lasts as long as the access', async () => {
    const { task } = (await submit()).body;
    const approved = await api.as('admin').post(`/v1/access-requests/${await requestOf(task.id)}/approve`, {});
    const done = await read(task.id);
    expect([done.status, done.body.task.status, done.headers.get('retry-after')]).toEqual([200, 'approved', null]);
    const { grant } = approved.body;
    expect(done.body.result).toEqual({
      mode: 'reevaluate',
      approval: {
        id: grant.id,
        approved_at: expect.any(String),
        approved_until: grant.expires_at,
        state: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      },
      'hallpass.dev/granted': {
        entitlement: { kind: 'resource', resource: PRODUCTION },
        starts_at: grant.starts_at,
        expires_at: grant.expires_at,
        modifications: [],
      },
    });
    const claims = JSON.parse(Buffer.from(done.body.result.approval.state.split('.')[1], 'base64url').toString());
    expect(claims).toMatchObject({
      iss: api.url,
      aud: [api.url, PROXY],
      approval_id: grant.id,
      task_id: task.id,
      subject: { type: 'user', id: api.idOf('member') },
      resource: PRODUCTION,
      action: { name: 'read' },
      binding_context_members: [],
    });
    const story = await api.as('owner').get(`/v1/audit-events?request_id=${await requestOf(task.id)}`);
    expect(JSON.stringify(story.body)).toContain(task.id);
  });

  it('says what a reviewer gave instead of what was asked for', async () => {
    const { task } = (await submit()).body;
    const path = `/v1/access-requests/${await requestOf(task.id)}/approve`;
    const approved = await api.as('admin').post(path, { duration_seconds: 600, scope_id: 'production' });
    expect([approved.status, approved.body.detail]).toEqual([200, undefined]);
    const { result } = (await read(task.id)).body;
    expect(result['hallpass.dev/granted']).toMatchObject({
      entitlement: { kind: 'scope', scope_id: 'production' },
      modifications: ['entitlement', 'duration_seconds'],
    });
    const seconds = (Date.parse(result.approval.approved_until) - Date.parse(result.approval.approved_at)) / 1000;
    expect(Math.round(seconds)).toBe(600);
  });

  it.each([
    ['denied', (id: string) => api.as('admin').post(`/v1/access-requests/${id}/deny`, { reason: 'no' })],
    ['cancelled', (id: string) => api.as('member').post(`/v1/access-requests/${id}/cancel`, {})],
    [
      'expired',
      (id: string) =>
        api.running.parts
          .knex('access_requests')
          .where({ id })
          .update({ pending_until: new Date(Date.now() - 1) }),
    ],
  ])('ends %s, with nothing that could be taken for an approval, and stays so', async (status, end) => {
    const { task } = (await submit()).body;
    await end(await requestOf(task.id));
    const done = (await read(task.id)).body;
    expect(done.task.status).toBe(status);
    expect(done.result).toBeUndefined();
    const late = await api.as('admin').post(`/v1/access-requests/${await requestOf(task.id)}/approve`, {});
    expect(late.status).toBe(409);
    const cancelled = await api.as('member').post(`${REQUESTS}/${task.id}/cancel`, {});
    expect([cancelled.status, cancelled.body.type]).toEqual([409, `${URN}invalid_task_state`]);
    expect((await read(task.id)).body.task.status).toBe(status);
  });

  it('is taken back by the requester, with a word for the audit', async () => {
    const { task } = (await submit()).body;
    const cancelled = await api
      .as('member')
      .post(`${REQUESTS}/${task.id}/cancel`, { reason: 'stale', comment: 'Done otherwise.' });
    expect([cancelled.status, cancelled.body.task.status]).toEqual([200, 'cancelled']);
    const story = await api
      .as('owner')
      .get(`/v1/audit-events?request_id=${await requestOf(task.id)}&type=access-request.cancelled`);
    expect(story.body.items[0].details).toMatchObject({
      task: { id: task.id },
      reason: 'stale',
      comment: 'Done otherwise.',
    });
  });

  it("is nobody else's: not to read, not to cancel, and not without a caller", async () => {
    const { task } = (await submit()).body;
    for (const name of ['member2', 'admin', 'owner']) {
      const seen = await read(task.id, name);
      expect([name, seen.status, seen.body.type]).toEqual([name, 404, `${URN}unknown_task`]);
      const cancelled = await api.as(name).post(`${REQUESTS}/${task.id}/cancel`, {});
      expect([name, cancelled.status]).toEqual([name, 404]);
    }
    expect((await httpClient(api.url, null).get(`${REQUESTS}/${task.id}`)).status).toBe(401);
    expect((await read('tsk_00000000000000000000000000000000')).body.type).toBe(`${URN}unknown_task`);
    expect((await read(task.id)).body.task.status).toBe('pending');
  });

  it('is told from one that never was when its time is over', async () => {
    const { task } = (await submit()).body;
    await api.as('member').post(`${REQUESTS}/${task.id}/cancel`, {});
    const { knex } = api.running.parts;
    const end = (ms: number) => knex('access_requests').update({ decided_at: new Date(Date.now() - ms) });
    await end(3_590_000);
    expect((await read(task.id)).status).toBe(200);
    await end(3_600_001);
    const gone = await read(task.id);
    expect([gone.status, gone.body.type]).toEqual([410, `${URN}task_expired`]);
  });

  it('is the same for the same key, caller and body, and refused for another body', async () => {
    const denial = await sidecar.deny('member');
    const key = { 'idempotency-key': 'k-1' };
    const post = (body: object, name = 'member') => api.as(name).post(REQUESTS, body, key);
    const first = await post(submission(denial));
    // In another order, and after the denial is too old: it was asked already.
    const { context, ...rest } = submission(denial);
    const again = await post({ context, ...rest });
    expect([again.status, again.body.task.id]).toEqual([202, first.body.task.id]);
    const other = await post(submission(denial, { context: { business_justification: 'another' } }));
    expect([other.status, other.body.type]).toEqual([409, `${URN}duplicate_request`]);
    const theirs = await api
      .as('member2')
      .post(
        REQUESTS,
        submission(await sidecar.deny('member2'), { subject: { type: 'user', id: 'member2@example.com' } }),
        key,
      );
    expect(theirs.status).toBe(202);
    expect(theirs.body.task.id).not.toBe(first.body.task.id);
    await api.as('admin').post(`/v1/access-requests/${await requestOf(first.body.task.id)}/approve`, {});
    const later = await post(submission(denial));
    expect([later.status, later.body.task.status, later.body.result.mode]).toEqual([201, 'approved', 'reevaluate']);
  });

  it('is one, however many ask with the same key at once', async () => {
    const body = submission(await sidecar.deny('member'));
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => api.as('member').post(REQUESTS, body, { 'idempotency-key': 'at-once' })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 202));
    expect(new Set(answers.map(({ body: { task } }) => task.id)).size).toBe(1);
    expect(await api.running.parts.knex('access_tasks').where({ idempotency_key: 'at-once' })).toHaveLength(1);
  });

  it('takes a fixed end, and an emergency where the policy knows one', async () => {
    const until = new Date(Date.now() + 1_800_000).toISOString();
    const { task } = (await submit({ requested_access: { requested_until: until } })).body;
    const asked = await api.as('member').get(`/v1/access-requests/${await requestOf(task.id)}`);
    expect(asked.body).toMatchObject({ until, duration_seconds: null, denial_verified: true, action: 'read' });
    await clearAccess(api);
    const past = await submit({ requested_access: { requested_until: '2020-01-01T00:00:00Z' } });
    expect([past.status, past.body.errors[0].field]).toEqual([422, 'requested_access.requested_until']);
    const refused = await submit({ requested_access: { emergency: true } });
    expect([refused.status, refused.body.type]).toEqual([400, `${URN}not_requestable`]);
    const resource = await requestClient(api).connection('payments', {
      break_glass: true,
      break_glass_max_seconds: 600,
    });
    const emergency = await api
      .as('member')
      .post(
        REQUESTS,
        submission(await sidecar.deny('member', { resource }), { resource, requested_access: { emergency: true } }),
      );
    expect([emergency.status, emergency.body.task?.status]).toEqual([201, 'approved']);
    expect(emergency.body.result['hallpass.dev/granted'].modifications).toEqual(['duration_seconds']);
  });

  it('asks for what would help, where that is not the resource', async () => {
    const denial = await sidecar.deny('member', { ask: { kind: 'scope', scope_id: 'production' } });
    const { task } = (await api.as('member').post(REQUESTS, submission(denial))).body;
    const asked = await api.as('member').get(`/v1/access-requests/${await requestOf(task.id)}`);
    expect(asked.body).toMatchObject({ kind: 'scope' });
  });

  it('is not given for what is held already, hidden, or known to nobody', async () => {
    const { task } = (await submit()).body;
    await api.as('admin').post(`/v1/access-requests/${await requestOf(task.id)}/approve`, {});
    const held = await submit();
    expect([held.status, held.body.type, held.body.code]).toEqual([400, `${URN}not_requestable`, 'already-have']);
  });
});
