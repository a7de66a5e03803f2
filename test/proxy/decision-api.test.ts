import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { grant, person, resource, TEST_FACTS } from './support/facts.ts';
import { CONSOLE_URL, startSidecar, type TestSidecar } from './support/sidecar.ts';

describe('the decision API', () => {
  let sidecar: TestSidecar;
  beforeAll(async () => {
    sidecar = await startSidecar({
      facts: [
        ...TEST_FACTS,
        resource('feature:secret', { minimum_role: 'owner', discoverable: 'none' }),
        grant('grt_1', 'member2', 'feature:cost-explorer'),
        // Somebody whose sub is the email of somebody else.
        {
          ...person('impostor'),
          value: { ...(person('impostor').value as object), sub: 'admin@example.com' },
        } as (typeof TEST_FACTS)[number],
      ],
    });
  });
  afterAll(() => sidecar.stop());

  const question = (subject: string, target = 'feature:cost-explorer', more: object = {}) => {
    const [type, id] = target.split(':');
    return { subject: { type: 'user', id: subject }, resource: { type, id }, action: { name: 'use' }, ...more };
  };
  const post = (body: unknown, headers: Record<string, string> = {}) =>
    fetch(`${sidecar.decisionUrl}/access/v1/evaluation`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  const ask = async (...args: Parameters<typeof question>) => (await (await post(question(...args))).json()) as any;

  it('allows with the reason and the grants', async () => {
    expect(await ask('per_admin')).toEqual({
      decision: true,
      context: {
        reason: 'role-sufficient',
        reason_user: { en: 'Your role allows it.' },
        evaluation_id: expect.stringMatching(/^ev_/),
        evaluated_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        grants: [],
      },
    });
    expect(await ask('per_member2')).toMatchObject({ decision: true, context: { grants: ['grt_1'] } });
  });

  it('denies with the way to a yes', async () => {
    const answer = await ask('per_member');
    expect(answer).toMatchObject({
      decision: false,
      context: {
        reason: 'role-too-low',
        access_request: {
          form_url: expect.stringMatching(/^http:\/\/console\.example\.com\/access-requests\/new\?/),
          endpoint: `${CONSOLE_URL}/access/v1/requests`,
          expires_at: expect.stringMatching(/Z$/),
        },
      },
    });
    expect(answer.context.access_request.form_url).not.toContain('#');
    expect(decodeJwt(answer.context.access_request.binding_token)).toMatchObject({
      aud: CONSOLE_URL,
      subject: { id: 'per_member' },
      resource: { type: 'feature', id: 'cost-explorer' },
      return_to: null,
    });
  });

  it('knows people by id, sub and email, and nobody by what could be two', async () => {
    for (const id of ['per_member2', 'sub-member2', 'member2@example.com', 'MEMBER2@example.com']) {
      expect(await ask(id)).toMatchObject({ decision: true });
    }
    expect(await ask('admin@example.com')).toMatchObject({ decision: false, context: { reason: 'subject-unknown' } });
    expect(await ask('per_nobody')).toMatchObject({ decision: false, context: { reason: 'subject-unknown' } });
    expect(await ask('per_gone')).toMatchObject({ decision: false, context: { reason: 'subject-disabled' } });
  });

  it('denies hidden and unknown resources with the same words', async () => {
    const [hidden, unknown] = [
      await ask('per_member', 'feature:secret'),
      await ask('per_member', 'feature:unheard-of'),
    ];
    for (const { context } of [hidden, unknown]) {
      delete context.evaluation_id;
      delete context.evaluated_at;
    }
    expect(hidden).toEqual(unknown);
    expect(hidden.context).not.toHaveProperty('access_request');
  });

  it('denies types it has never heard of, as it denies ids', async () => {
    const robot = { subject: { type: 'robot', id: 'per_admin' } };
    expect(await ask('x', 'feature:cost-explorer', robot)).toMatchObject({
      decision: false,
      context: { reason: 'subject-unknown' },
    });
    for (const name of ['todo:1', 'todo:cost-explorer', 'feature:1']) {
      expect(await ask('per_admin', name)).toMatchObject({ decision: false, context: { reason: 'resource-unknown' } });
    }
  });

  it('answers for Connections by the same rules as the proxy', async () => {
    const answer = await ask('per_member', 'connection:aws-production', { action: { name: 'read' } });
    expect(answer).toMatchObject({ decision: false, context: { reason: 'no-grant' } });
  });

  it('does not let a caller say what the policy must know by itself', async () => {
    const more = {
      subject: { type: 'user', id: 'per_member', properties: { role: 'owner' } },
      resource: { type: 'feature', id: 'cost-explorer', properties: { minimum_role: 'viewer' } },
      context: { time: '1999-01-01T00:00:00Z', grants: ['grt_1'] },
    };
    expect(await ask('per_member', 'feature:cost-explorer', more)).toMatchObject({ decision: false });
  });

  it.each([
    ['no JSON', '{', 400, '', /not JSON/],
    ['nothing', '{}', 400, 'subject', /./],
    ['a subject that is none', question('x', 'feature:a', { subject: 'x' }), 400, 'subject', /an object/],
    ['no subject id', question('', 'feature:a'), 400, 'subject.id', /empty/],
    [
      'a type that is no text',
      question('x', 'feature:a', { subject: { type: 1, id: 'x' } }),
      400,
      'subject.type',
      /text/,
    ],
    ['no action', question('x', 'feature:a', { action: {} }), 400, 'action.name', /is missing/],
    ['too much beside the names', question('x', 'feature:a', { context: { a: 'x'.repeat(9_000) } }), 400, '', /8192/],
    ['nesting', `{"context":${'['.repeat(40)}${']'.repeat(40)}}`, 400, '', /deeper than 32/],
    ['a context that is none', question('x', 'feature:a', { context: [] }), 400, 'context', /./],
    ['a path that is no text', question('x', 'feature:a', { context: { path: 1 } }), 400, 'context.path', /./],
  ])('names the field for %s', async (_name, body, status, field, message) => {
    const answer = await post(body);
    const problem = (await answer.json()) as { errors: { field: string; message: string }[] };
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    const error = problem.errors.find((one) => one.field === field);
    expect(error?.message).toMatch(message);
  });

  it('takes JSON by POST within its bound, and says so', async () => {
    expect((await post(question('x'), { 'content-type': 'text/plain' })).status).toBe(400);
    expect((await post({ ...question('x'), context: { a: 'x'.repeat(70_000) } })).status).toBe(413);
    const get = await fetch(`${sidecar.decisionUrl}/access/v1/evaluation`);
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST']);
    expect((await fetch(`${sidecar.decisionUrl}/elsewhere`)).status).toBe(404);
  });

  it('echoes the id of a request', async () => {
    for (const id of ['bfe9eb29', 'a b, "c" \u00e9', 'x'.repeat(1_000)]) {
      expect((await post(question('x'), { 'x-request-id': id })).headers.get('x-request-id')).toBe(id);
    }
    expect((await post(question('x'))).headers.get('x-request-id')).toBeNull();
    expect((await post('{', { 'x-request-id': 'bfe9eb29' })).headers.get('x-request-id')).toBe('bfe9eb29');
  });

  it('describes itself', async () => {
    const answer = await fetch(`${sidecar.decisionUrl}/.well-known/authzen-configuration`, {
      headers: { host: 'evil.example' },
    });
    expect(await answer.json()).toEqual({
      policy_decision_point: sidecar.decisionUrl,
      access_evaluation_endpoint: `${sidecar.decisionUrl}/access/v1/evaluation`,
      access_evaluations_endpoint: `${sidecar.decisionUrl}/access/v1/evaluations`,
      search_subject_endpoint: `${sidecar.decisionUrl}/access/v1/search/subject`,
      search_resource_endpoint: `${sidecar.decisionUrl}/access/v1/search/resource`,
      search_action_endpoint: `${sidecar.decisionUrl}/access/v1/search/action`,
      access_request_endpoint: `${CONSOLE_URL}/access/v1/requests`,
      jwks_uri: `${CONSOLE_URL}/access/v1/jwks`,
      capabilities: ['urn:openid:authzen:capability:access-request'],
    });
  });
});

describe('the decision API with a token', () => {
  let sidecar: TestSidecar;
  afterEach(() => sidecar.stop());

  it('answers nobody without it', async () => {
    sidecar = await startSidecar({ decisionToken: 'open-sesame' });
    const post = (headers: Record<string, string>, path = 'evaluation') =>
      fetch(`${sidecar.decisionUrl}/access/v1/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: '{}',
      });
    for (const authorization of ['', 'Bearer', 'Bearer open', 'Basic open-sesame', 'Bearer open-sesame2']) {
      const answer = await post({ authorization });
      expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, expect.stringMatching(/^Bearer/)]);
    }
    for (const path of ['evaluation', 'evaluations', 'search/subject', 'search/resource', 'search/action']) {
      expect((await post({}, path)).status).toBe(401);
      expect((await post({ authorization: 'Bearer open-sesame' }, path)).status).toBe(400);
    }
    expect((await fetch(`${sidecar.decisionUrl}/.well-known/authzen-configuration`)).status).toBe(200);
  });
});
