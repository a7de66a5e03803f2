import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { httpClient, type Answer } from '../support/http-client.ts';
import { startStack, type Stack } from '../support/quickstart-stack.ts';
import { PROFILES } from '../support/test-services.ts';
import { waitUntil } from '../support/wait-until.ts';
import { approve, ask, AWS_PRODUCTION, PRODUCTION, waitUntilInEffect } from './access-loop.ts';

// Journey 6: apps and scripts get the same answers in the words of AuthZEN.
describe.each(PROFILES)('an app that asks the decision API, %s', (profile) => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack(profile);
  }, 120_000);
  afterAll(() => stack?.stop());

  function evaluate(name: string, resource: { type: string; id: string }, action = 'read'): Promise<Answer> {
    return httpClient(stack.urls.decision, null).post('/access/v1/evaluation', {
      subject: { type: 'user', id: `${name}@example.com` },
      resource,
      action: { name: action },
    });
  }

  const FEATURE = { type: 'feature', id: 'cost-explorer' };

  it('is told no with the link, and yes once the person was let in', async () => {
    const denied = await evaluate('member', FEATURE);
    expect(denied.status).toBe(200);
    expect(denied.body).toMatchObject({
      decision: false,
      context: {
        reason: 'role-too-low',
        evaluation_id: expect.stringMatching(/^ev_/),
        access_request: {
          endpoint: `${stack.urls.admin}/access/v1/requests`,
          binding_token: expect.any(String),
          form_url: expect.stringContaining(`${stack.urls.admin}/access-requests/new?resource=feature:cost-explorer`),
        },
      },
    });
    expect((await evaluate('admin', FEATURE)).body.decision).toBe(true);

    const { access_request: link, evaluation_id } = denied.body.context;
    const request = await ask(stack, 'member', {
      resource: FEATURE,
      duration_seconds: 3_600,
      binding_token: link.binding_token,
    });
    expect(request.evaluation_id).toBe(evaluation_id);
    const { grant } = await approve(stack, 'admin', request.id);
    await waitUntilInEffect(stack, 'member', request.id);
    const allowed = await evaluate('member', FEATURE);
    expect(allowed.body).toMatchObject({ decision: true, context: { reason: 'granted-resource', grants: [grant.id] } });

    expect((await (await stack.api('admin2')).post(`/v1/grants/${grant.id}/revoke`, {})).status).toBe(200);
    await waitUntil('the answer to be no again', async () => {
      return (await evaluate('member', FEATURE)).body.decision === false;
    });
  });

  it('gets the same answer as the proxy gives', async () => {
    for (const name of ['member', 'viewer', 'owner']) {
      for (const id of ['aws-production', 'aws-staging', 'payroll']) {
        const passed = (await (await stack.proxy(name)).get(`/connections/${id}/echo`)).status === 200;
        const { body } = await evaluate(name, { type: 'connection', id });
        expect([name, id, body.decision]).toEqual([name, id, passed]);
      }
    }
  });

  it('does not learn of what is hidden', async () => {
    const hidden = await evaluate('member', { type: 'connection', id: 'payroll' });
    const unknown = await evaluate('member', { type: 'connection', id: 'nothing' });
    expect(hidden.body.context.reason).toBe(unknown.body.context.reason);
    expect(Object.keys(hidden.body.context)).toEqual(Object.keys(unknown.body.context));
  });

  it('can go from denial to task to access without a person at a form', async () => {
    const denied = (await (await stack.proxy('member2')).get(`${PRODUCTION}/echo`)).body;
    const api = await stack.api('member2');
    const submission = {
      subject: { type: 'user', id: 'member2@example.com' },
      resource: AWS_PRODUCTION,
      action: { name: denied.action },
      context: { business_justification: 'The nightly export needs it.' },
      denial: {
        binding_token: denied.access_request.binding_token,
        expires_at: denied.access_request.expires_at,
        evaluation_id: denied.evaluation_id,
      },
      requested_access: { requested_until: new Date(Date.now() + 3_600_000).toISOString() },
    };
    const key = { 'idempotency-key': crypto.randomUUID() };
    const submitted = await api.post(new URL(denied.access_request.endpoint).pathname, submission, key);
    expect([submitted.status, submitted.body.task?.status]).toEqual([202, 'pending']);
    const again = await api.post(new URL(denied.access_request.endpoint).pathname, submission, key);
    expect(again.body.task.id).toBe(submitted.body.task.id);

    // The task is the program's; people decide on the request behind it.
    const pending = await (await stack.api('owner')).get('/v1/access-requests?status=pending');
    const asked = pending.body.items.find(
      (one: { evaluation_id: string }) => one.evaluation_id === denied.evaluation_id,
    );
    await approve(stack, 'owner', asked.id);
    const task = await api.get(new URL(submitted.body.task.status_endpoint).pathname);
    expect(task.body).toMatchObject({ task: { status: 'approved' }, result: { mode: 'reevaluate' } });
    const proxy = await stack.proxy('member2');
    await waitUntil('the proxy to let it pass', async () => (await proxy.get(`${PRODUCTION}/echo`)).status === 200);
  });
});
