import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  DECISION_POINTS,
  type DecisionPoint,
  adminBob,
  alice,
  archived,
  ask,
  bob,
  context,
  post,
  read,
  record1,
  record2,
  startFixture,
  write,
} from './authzen-fixture.ts';

// The requests of openid/authzen, certification/authorization-api-1_0-scenario.md, by its levels and sections:
// Basic and Batch. Search and Discovery are in authzen-certification-search.test.ts.

const EVALUATION = '/access/v1/evaluation';
const EVALUATIONS = '/access/v1/evaluations';
const SEARCH_SUBJECT = '/access/v1/search/subject';
const SEARCH_RESOURCE = '/access/v1/search/resource';
const SEARCH_ACTION = '/access/v1/search/action';

const aliceReads = { subject: alice, action: read, resource: record1 };

describe.each(DECISION_POINTS)('the %s', (kind) => {
  let point: DecisionPoint;
  beforeAll(async () => {
    point = await startFixture(kind);
  }, 120_000);
  afterAll(() => point?.stop());

  const decide = async (body: unknown) => {
    const { decision, context: said } = await ask(point, EVALUATION, body);
    expect(typeof said).toBe('object');
    return decision as unknown;
  };
  const decideAll = async (body: unknown) => {
    const answer = await ask(point, EVALUATIONS, body);
    expect(answer).not.toHaveProperty('decision');
    return (answer.evaluations as { decision: unknown }[]).map(({ decision }) => decision);
  };
  const statusOf = async (path: string, body: unknown) => (await post(point, path, body)).status;

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
        expect((await post(point, EVALUATION, aliceReads, { 'content-type': type })).status).toBe(400);
      }
    });

    it.each([EVALUATION, EVALUATIONS, SEARCH_SUBJECT, SEARCH_RESOURCE, SEARCH_ACTION])(
      '2.5 echoes X-Request-ID, on success and on errors: %s',
      async (path) => {
        for (const body of [aliceReads, '{']) {
          const answer = await post(point, path, body, {
            'x-request-id': 'bfe9eb29-ab87-4ca3-be83-a1d5d8305716',
          });
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
      expect(await ask(point, EVALUATIONS, body)).toEqual({
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
        expect(await ask(point, EVALUATIONS, body)).toMatchObject({ decision: true });
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
});
