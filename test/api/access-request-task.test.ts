import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '../../core/access/ids.ts';
import { denialTokenExpiry, signDenialToken } from '../../core/decision/denial-token.ts';
import { startAdminApi, type TestAdminApi } from '../support/admin-api.ts';
import { openFeed, type FeedReader } from '../support/feed-reader.ts';

const PROXY = 'http://proxy.test';
const PRODUCTION = { type: 'connection', id: 'aws-production' } as const;

describe('the access request endpoint for programs (AuthZEN)', () => {
  let api: TestAdminApi;
  let sidecar: FeedReader;
  beforeAll(async () => {
    api = await startAdminApi();
    sidecar = await openFeed(api.url, await api.feedToken(), { publicUrl: PROXY });
  });
  afterAll(async () => {
    sidecar.close();
    await api.stop();
  });

  const denial = async (person = 'member') => {
    const evaluationId = newId('evaluation');
    const now = Date.now();
    const token = await signDenialToken(
      {
        subject: { type: 'user', id: api.idOf(person) },
        resource: PRODUCTION,
        action: { name: 'read' },
        evaluation_id: evaluationId,
        reason: 'no-grant',
        return_to: `${PROXY}/connections/aws-production/echo`,
      },
      sidecar.key,
      { issuer: PROXY, audience: api.url },
      now,
    );
    return {
      binding_token: token,
      evaluation_id: evaluationId,
      expires_at: denialTokenExpiry(now),
      reason: 'no-grant',
    };
  };
  const submission = (given: object) => ({
    subject: { type: 'user', id: 'member@example.com' },
    resource: PRODUCTION,
    action: { name: 'read' },
    context: { business_justification: 'INC-9' },
    denial: given,
  });

  it('turns a denial into a task, and the approval into a result', async () => {
    const deniedAt = Date.now();
    const given = await denial();
    const submitted = await api.as('member').post('/access/v1/requests', submission(given));
    expect(submitted.status).toBe(202);
    expect(submitted.body.task).toMatchObject({
      status: 'pending',
      status_endpoint: `${api.url}/access/v1/requests/${submitted.body.task.id}`,
    });
    const path = `/access/v1/requests/${submitted.body.task.id}`;
    // Denied again, and asked again: the task is the same.
    const again = await denial();
    const joined = await api.as('member').post('/access/v1/requests', submission(again));
    expect([joined.status, joined.body.task.id]).toEqual([202, submitted.body.task.id]);
    const events = await api.as('owner').get(`/v1/audit-events?request_id=${joined.body.task.id}`);
    expect(events.body.items[0]).toMatchObject({ type: 'access-request.joined', evaluation_id: again.evaluation_id });
    const request = await api.as('member').get(`/v1/access-requests/${submitted.body.task.id}`);
    expect(request.body).toMatchObject({
      evaluation_id: given.evaluation_id,
      action: 'read',
      denial_verified: true,
      return_to: `${PROXY}/connections/aws-production/echo`,
      duration_seconds: 3600,
    });
    const context = await api.as('admin').get(`/v1/access-requests/${submitted.body.task.id}/context`);
    expect(context.body.denial).toEqual({ evaluation_id: given.evaluation_id, action: 'read', at: expect.any(String) });
    // As the token has it: in whole seconds.
    expect(Math.abs(Date.parse(context.body.denial.at) - deniedAt)).toBeLessThan(2_000);
    expect((await api.as('member2').get(path)).status).toBe(404);
    await api.as('admin').post(`/v1/access-requests/${submitted.body.task.id}/approve`, {});
    const done = await api.as('member').get(path);
    expect(done.body).toMatchObject({
      task: { status: 'approved' },
      result: { mode: 'reevaluate', approval: { id: expect.stringMatching(/^grt_/) } },
    });
  });

  it.each([
    ['another action', (body: ReturnType<typeof submission>) => ({ ...body, action: { name: 'write' } })],
    [
      'another resource',
      (body: ReturnType<typeof submission>) => ({ ...body, resource: { type: 'connection', id: 'aws-staging' } }),
    ],
    [
      'another evaluation',
      (body: ReturnType<typeof submission>) => ({ ...body, denial: { ...body.denial, evaluation_id: 'ev_other' } }),
    ],
  ])('does not take a token for %s', async (_what, change) => {
    const refused = await api.as('member').post('/access/v1/requests', change(submission(await denial())));
    expect([refused.status, refused.body.code]).toEqual([422, 'binding-invalid']);
  });

  it('does not take the token of another person, or of a sidecar nobody knows', async () => {
    const foreign = await api.as('member').post('/access/v1/requests', submission(await denial('member2')));
    expect([foreign.status, foreign.body.code]).toEqual([422, 'binding-invalid']);
    const given = await denial();
    const [header, payload] = given.binding_token.split('.');
    const forged = `${header}.${payload}.${'A'.repeat(86)}`;
    const refused = await api.as('member').post('/access/v1/requests', submission({ ...given, binding_token: forged }));
    expect([refused.status, refused.body.code]).toEqual([422, 'binding-invalid']);
  });
});
