import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestSidecar } from '../proxy/support/sidecar.ts';
import { PDP_URL, startFixture } from './authzen-fixture.ts';

// The requests of openid/authzen, certification/authorization-api-1_0-scenario.md, by its levels and sections.

const EVALUATION = '/access/v1/evaluation';
const EVALUATIONS = '/access/v1/evaluations';
const SEARCH_SUBJECT = '/access/v1/search/subject';
const SEARCH_RESOURCE = '/access/v1/search/resource';
const SEARCH_ACTION = '/access/v1/search/action';

const alice = { type: 'user', id: 'alice' };
const bob = { type: 'user', id: 'bob' };
const adminBob = { ...bob, properties: { role: 'admin' } };
const record1 = { type: 'record', id: 'record-1' };
const record2 = { type: 'record', id: 'record-2' };
const archived = { ...record2, properties: { status: 'archived' } };
const read = { name: 'read' };
const write = { name: 'write' };
const context = { time: '2025-06-27T18:03-07:00', ip: '192.168.1.1' };
const aliceReads = { subject: alice, action: read, resource: record1 };

let sidecar: TestSidecar;
beforeAll(async () => {
  sidecar = await startFixture();
}, 120_000);
afterAll(() => sidecar.stop());

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(sidecar.decisionUrl + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

/** The body of what must be a success. */
async function ask(path: string, body: unknown): Promise<Record<string, any>> {
  const answer = await post(path, body);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json']);
  return (await answer.json()) as Record<string, any>;
}
const decide = async (body: unknown) => {
  const { decision, context: said } = await ask(EVALUATION, body);
  expect(said).toEqual(expect.objectContaining({}));
  return decision as unknown;
};
const decideAll = async (body: unknown) => {
  const answer = await ask(EVALUATIONS, body);
  expect(answer).not.toHaveProperty('decision');
  return (answer.evaluations as { decision: unknown }[]).map(({ decision }) => decision);
};
const statusOf = async (path: string, body: unknown) => (await post(path, body)).status;

describe('Basic Core', () => {
  it.each([
    ['alice reads record-1', aliceReads, true],
    ['alice writes record-1', { ...aliceReads, action: write }, true],
    ['bob reads record-1', { ...aliceReads, subject: bob }, true],
    ['bob writes record-1', { ...aliceReads, subject: bob, action: write }, false],
    ['with a context', { ...aliceReads, context }, true],
    ['with unknown fields', { ...aliceReads, foo: 'bar', futureField: { nested: true } }, true],
    [
      'with additional properties',
      {
        subject: { ...alice, properties: { department: 'Sales', role: 'manager' } },
        action: { ...read, properties: { method: 'GET' } },
        resource: { ...record1, properties: { status: 'active', owner: 'bob' } },
      },
      true,
    ],
  ])('2.2 %s', async (_name, body, decision) => {
    expect(await decide(body)).toBe(decision);
  });

  it.each([
    ['no subject', { action: read, resource: record1 }],
    ['no action', { subject: alice, resource: record1 }],
    ['no resource', { subject: alice, action: read }],
    ['no subject.type', { ...aliceReads, subject: { id: 'alice' } }],
    ['no subject.id', { ...aliceReads, subject: { type: 'user' } }],
    ['no action.name', { ...aliceReads, action: {} }],
    ['no resource.type', { ...aliceReads, resource: { id: 'record-1' } }],
    ['no resource.id', { ...aliceReads, resource: { type: 'record' } }],
    ['malformed JSON', '{"subject":'],
    ['an empty body', ''],
    ['a body that is no object', '[]'],
    ['a subject that is text', { ...aliceReads, subject: 'alice' }],
    ['an action.name that is a number', { ...aliceReads, action: { name: 123 } }],
  ])('2.4 refuses with 400: %s', async (_name, body) => {
    expect(await statusOf(EVALUATION, body)).toBe(400);
  });

  it('2.4.3 refuses another content type with 400', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
      expect((await post(EVALUATION, aliceReads, { 'content-type': type })).status).toBe(400);
    }
  });

  it.each([EVALUATION, EVALUATIONS, SEARCH_SUBJECT, SEARCH_RESOURCE, SEARCH_ACTION])(
    '2.5 echoes X-Request-ID, on success and on errors: %s',
    async (path) => {
      for (const body of [aliceReads, '{']) {
        const answer = await post(path, body, { 'x-request-id': 'bfe9eb29-ab87-4ca3-be83-a1d5d8305716' });
        expect(answer.headers.get('x-request-id')).toBe('bfe9eb29-ab87-4ca3-be83-a1d5d8305716');
      }
      expect(await statusOf(path, aliceReads)).toBe(200);
    },
  );

  it('2.6 decides the same each time', async () => {
    const decisions = [];
    for (let round = 0; round < 5; round += 1) decisions.push(await decide(aliceReads));
    expect(decisions).toEqual([true, true, true, true, true]);
  });
});

describe('Basic Properties', () => {
  const remove = (soft: boolean) => ({ name: 'delete', properties: { soft } });
  it.each([
    ['alice writes what is archived', { subject: alice, action: write, resource: archived }, false],
    ['an admin writes what is archived', { subject: adminBob, action: write, resource: archived }, true],
    ['alice deletes softly', { ...aliceReads, action: remove(true) }, true],
    ['alice deletes for good', { ...aliceReads, action: remove(false) }, false],
  ])('2.2.4 to 2.2.7 %s', async (_name, body, decision) => {
    expect(await decide(body)).toBe(decision);
  });
});

describe('Batch Core', () => {
  it('3.2.1 takes an array', async () => {
    const decisions = await decideAll({
      subject: alice,
      action: read,
      evaluations: [{ resource: record1 }, { resource: record2 }],
    });
    expect(decisions).toEqual([true, expect.any(Boolean)]);
  });

  it('3.2.2 and 3.3.2 answers in order', async () => {
    const ask2 = (names: string[]) =>
      decideAll({ subject: bob, resource: record1, evaluations: names.map((name) => ({ action: { name } })) });
    expect(await ask2(['read', 'write'])).toEqual([true, false]);
    expect(await ask2(['write', 'read', 'write'])).toEqual([false, true, false]);
  });

  it('3.2.5 takes whole evaluations without defaults', async () => {
    const evaluations = [aliceReads, { subject: bob, action: write, resource: record1 }];
    expect(await decideAll({ evaluations })).toEqual([true, false]);
  });

  it('3.2.6 takes a context for all and one for each', async () => {
    const own = { time: '2025-06-27T19:00-07:00', source: 'batch-override' };
    const evaluations = [{ resource: record1 }, { resource: record2, context: own }];
    expect(await decideAll({ subject: alice, action: read, context, evaluations })).toEqual([
      true,
      expect.any(Boolean),
    ]);
  });

  it('3.4.1 answers one that is wrong for itself', async () => {
    const body = { subject: alice, action: read, evaluations: [{ resource: record1 }, {}] };
    expect(await ask(EVALUATIONS, body)).toEqual({
      evaluations: [
        expect.objectContaining({ decision: true }),
        {
          decision: false,
          context: {
            error: {
              status: 400,
              message: 'resource: is missing',
              errors: [{ field: 'resource', message: 'is missing' }],
            },
          },
        },
      ],
    });
  });

  it('3.4.2 and 3.4.3 without an array, or with an empty one, is a single evaluation', async () => {
    for (const body of [aliceReads, { ...aliceReads, evaluations: [] }]) {
      expect(await ask(EVALUATIONS, body)).toMatchObject({ decision: true });
    }
    expect(await statusOf(EVALUATIONS, { subject: alice, action: read, evaluations: [] })).toBe(400);
  });
});

describe('Batch Properties', () => {
  it('3.2.3 looks at the properties of each resource', async () => {
    const active = { ...record1, properties: { status: 'active' } };
    const evaluations = [{ resource: active }, { resource: archived }];
    expect(await decideAll({ subject: alice, action: write, evaluations })).toEqual([true, false]);
  });

  it('3.2.4 looks at the properties of each subject', async () => {
    const evaluations = [{ subject: alice }, { subject: adminBob }];
    expect(await decideAll({ action: write, resource: archived, evaluations })).toEqual([false, true]);
  });

  it('3.2.7 takes a missing type from the default, and nothing else', async () => {
    const body = (properties: object) => ({
      subject: alice,
      action: write,
      resource: { type: 'record', ...properties },
      evaluations: [{ resource: { id: 'record-1', properties: { status: 'active' } } }, { resource: archived }],
    });
    expect(await decideAll(body({}))).toEqual([true, false]);
    expect(await decideAll(body({ properties: { status: 'archived' } }))).toEqual([true, false]);
    const bare = { ...body({ properties: { status: 'archived' } }), evaluations: [{ resource: { id: 'record-1' } }] };
    expect(await decideAll(bare)).toEqual([true]);
  });
});

describe('Search Core', () => {
  const find = async (path: string, body: unknown) => (await ask(path, body)).results as unknown[];

  it('4.2 finds subjects', async () => {
    const body = { subject: { type: 'user' }, action: read, resource: record1 };
    expect(await find(SEARCH_SUBJECT, body)).toEqual([alice, bob]);
    expect(await find(SEARCH_SUBJECT, { ...body, context })).toEqual([alice, bob]);
  });

  it('4.3 finds resources', async () => {
    const body = { subject: alice, action: read, resource: { type: 'record' } };
    expect(await find(SEARCH_RESOURCE, body)).toEqual([record1, record2]);
    expect(await find(SEARCH_RESOURCE, { ...body, context })).toEqual([record1, record2]);
  });

  it('4.4 finds actions', async () => {
    const body = { subject: alice, resource: record1 };
    expect(await find(SEARCH_ACTION, body)).toEqual([read, write]);
    expect(await find(SEARCH_ACTION, { ...body, context })).toEqual([read, write]);
  });

  it('4.5 pages, also where the limit is left out after the first', async () => {
    const body = { subject: { type: 'user' }, action: read, resource: record1 };
    const first = await ask(SEARCH_SUBJECT, { ...body, page: { limit: 1 } });
    expect(first).toEqual({ page: { next_token: expect.stringMatching(/./), count: 1 }, results: [alice] });
    const second = await ask(SEARCH_SUBJECT, { ...body, page: { token: first.page.next_token } });
    expect(second).toEqual({ page: { next_token: '', count: 1 }, results: [bob] });
  });

  it('4.6 finds nothing for what is unknown', async () => {
    const nobody = { type: 'user', id: 'nonexistent-user' };
    expect(await find(SEARCH_ACTION, { subject: nobody, resource: record1 })).toEqual([]);
    expect(await find(SEARCH_RESOURCE, { subject: nobody, action: read, resource: { type: 'record' } })).toEqual([]);
    expect(await find(SEARCH_SUBJECT, { subject: { type: 'spaceship' }, action: read, resource: record1 })).toEqual([]);
    expect(await find(SEARCH_RESOURCE, { subject: alice, action: read, resource: { type: 'dock' } })).toEqual([]);
  });

  it.each([
    [SEARCH_SUBJECT, 'no action', { subject: { type: 'user' }, resource: record1 }],
    [SEARCH_RESOURCE, 'no subject', { action: read, resource: { type: 'record' } }],
    [SEARCH_ACTION, 'no resource', { subject: alice }],
    [SEARCH_SUBJECT, 'no resource.id', { subject: { type: 'user' }, action: read, resource: { type: 'record' } }],
    [SEARCH_RESOURCE, 'no subject.id', { subject: { type: 'user' }, action: read, resource: { type: 'record' } }],
    [SEARCH_SUBJECT, 'no subject.type', { subject: {}, action: read, resource: record1 }],
  ])('4.7 %s refuses with 400: %s', async (path, _name, body) => {
    expect(await statusOf(path, body)).toBe(400);
  });
});

describe('Search Properties', () => {
  it('4.2.4 finds who may write what is archived', async () => {
    const body = { subject: { type: 'user' }, action: write, resource: archived };
    expect((await ask(SEARCH_SUBJECT, body)).results).toEqual([bob]);
  });

  it('4.3.3 finds what an admin may write', async () => {
    const body = { subject: adminBob, action: write, resource: { type: 'record' } };
    expect((await ask(SEARCH_RESOURCE, body)).results).toEqual([record2]);
  });

  it('4.4.3 finds what an admin may do to what is archived', async () => {
    const { results } = await ask(SEARCH_ACTION, { subject: adminBob, resource: archived });
    expect(results).toEqual([read, write]);
  });
});

describe('Discovery', () => {
  it('6 names itself and every endpoint, by HTTPS, with no parameter that has no value', async () => {
    const answer = await fetch(`${sidecar.decisionUrl}/.well-known/authzen-configuration`);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json']);
    expect(await answer.json()).toEqual({
      policy_decision_point: PDP_URL,
      access_evaluation_endpoint: PDP_URL + EVALUATION,
      access_evaluations_endpoint: PDP_URL + EVALUATIONS,
      search_subject_endpoint: PDP_URL + SEARCH_SUBJECT,
      search_resource_endpoint: PDP_URL + SEARCH_RESOURCE,
      search_action_endpoint: PDP_URL + SEARCH_ACTION,
    });
  });
});
