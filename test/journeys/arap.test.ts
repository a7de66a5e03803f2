import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startStack, type Stack } from '../support/quickstart-stack.ts';
import { PROFILES } from '../support/test-services.ts';
import { waitUntil } from '../support/wait-until.ts';

/** What was answered; what is in it is what is tested. */
type Body = Record<string, any>;

/** A program that knows the AuthZEN Authorization API and its Access Request and Approval Profile, and nothing of Hallpass. */
class Pep {
  readonly #metadata: Record<string, string>;

  private constructor(metadata: Record<string, string>) {
    this.#metadata = metadata;
  }

  static async at(pdp: string): Promise<Pep> {
    return new Pep((await (await fetch(`${pdp}/.well-known/authzen-configuration`)).json()) as Record<string, string>);
  }

  async evaluate(question: object): Promise<Body> {
    return (await this.#post(this.#metadata['access_evaluation_endpoint']!, question)).json() as Promise<Body>;
  }

  /** Fills in what the schema of the denial wants. */
  async submit(question: object, context: Body, justification: string, token: string) {
    const { access_request: offered, evaluation_id, evaluated_at, reason } = context;
    const schema = (await (await fetch(offered.request_schema_url)).json()) as Body;
    const wanted = schema.properties.context.required as string[];
    const { expires_at, binding_token } = offered;
    return this.#post(
      offered.endpoint ?? this.#metadata['access_request_endpoint'],
      {
        ...question,
        context: Object.fromEntries(wanted.map((name) => [name, justification])),
        denial: { evaluation_id, evaluated_at, expires_at, reason, binding_token },
      },
      { authorization: `Bearer ${token}`, 'idempotency-key': crypto.randomUUID() },
    );
  }

  async look(endpoint: string, token: string): Promise<Body> {
    const seen = await fetch(endpoint, { headers: { authorization: `Bearer ${token}` } });
    return seen.json() as Promise<Body>;
  }

  #post(url: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  }
}

// From a denial to access and back, by the profile alone.
describe.each(PROFILES)('a program that knows the profile only, %s', (profile) => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack(profile);
  }, 120_000);
  afterAll(() => stack?.stop());

  it('asks from the denial, waits for the task, and is let in by the next decision until the access is taken', async () => {
    const pep = await Pep.at(stack.urls.decision);
    const token = await stack.tokenOf('member');
    const question = {
      subject: { type: 'user', id: 'member@example.com' },
      resource: { type: 'connection', id: 'aws-production' },
      action: { name: 'read' },
    };
    const denied = await pep.evaluate(question);
    expect(denied).toMatchObject({ decision: false, context: { reason: 'no-grant', access_request: {} } });

    const submitted = await pep.submit(question, denied.context, 'INC-42: invoices fail', token);
    expect(submitted.status).toBe(202);
    const { task } = (await submitted.json()) as { task: Body };
    expect(task).toMatchObject({
      status: 'pending',
      links: { ticket: expect.any(String), cancel: expect.any(String) },
    });
    // Nothing is allowed for having asked.
    expect(await pep.evaluate(question)).toMatchObject({ decision: false });

    // A person decides, where people do.
    const admin = await stack.api('admin');
    const queue = await admin.get('/v1/access-requests?status=pending');
    const [pending] = queue.body.items;
    expect(pending).toMatchObject({ reason: 'INC-42: invoices fail', evaluation_id: denied.context.evaluation_id });
    const approved = await admin.post(`/v1/access-requests/${pending.id}/approve`, { duration_seconds: 900 });
    expect(approved.status).toBe(200);

    const done = await waitUntil('the task to be over', async () => {
      const seen = await pep.look(task['status_endpoint'], token);
      return seen.task.status === 'pending' ? null : seen;
    });
    expect(done).toMatchObject({ task: { status: 'approved' }, result: { mode: 'reevaluate' } });
    const { approval } = done.result;
    const again = { ...question, context: { approval } };
    const allowed = await waitUntil('the sidecar to know', async () => {
      const answer = await pep.evaluate(again);
      if (answer.decision === false) expect(answer.context.next_action).toBe('retry');
      return answer.decision === true ? answer : null;
    });
    expect(allowed.context.approval).toEqual({ id: approval.id, approved_until: approval.approved_until });
    // The proxy lets the same person through; nobody else, whatever they send along.
    expect((await (await stack.proxy('member')).get('/connections/aws-production/echo')).status).toBe(200);
    const stolen = await pep.evaluate({ ...again, subject: { type: 'user', id: 'member2@example.com' } });
    expect(stolen).toMatchObject({
      decision: false,
      context: { reason: 'approval_unverifiable', next_action: 'none' },
    });

    expect((await admin.post(`/v1/grants/${approval.id}/revoke`, {})).status).toBe(200);
    const ended = await waitUntil('the end to reach the sidecar', async () => {
      const answer = await pep.evaluate(again);
      return answer.decision === false ? answer : null;
    });
    expect(ended.context).toMatchObject({ reason: 'approval_expired', next_action: 'request', access_request: {} });
    expect(ended.context.access_request.binding_token).not.toBe(denied.context.access_request.binding_token);
  });

  it('does the same at the control plane, where the person asks about themselves', async () => {
    const token = await stack.tokenOf('member2');
    const question = {
      subject: { type: 'user', id: 'member2@example.com' },
      resource: { type: 'connection', id: 'aws-production' },
      action: { name: 'read' },
    };
    const api = await stack.api('member2');
    const denied = (await api.post('/access/v1/evaluation', question)).body;
    const pep = await Pep.at(stack.urls.admin);
    const submitted = await pep.submit(question, denied.context, 'INC-43', token);
    expect(submitted.status).toBe(202);
    const { task } = (await submitted.json()) as { task: Body };
    const admin = await stack.api('admin');
    const [pending] = (await admin.get('/v1/access-requests?status=pending')).body.items;
    expect((await admin.post(`/v1/access-requests/${pending.id}/approve`, {})).status).toBe(200);
    const { result } = await pep.look(task['status_endpoint'], token);
    // Here there is nothing to wait for.
    const allowed = (await api.post('/access/v1/evaluation', { ...question, context: { approval: result.approval } }))
      .body;
    expect(allowed).toMatchObject({ decision: true, context: { approval: { id: result.approval.id } } });
  });
});
