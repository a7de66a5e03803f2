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
  PDP_URL,
  post,
  read,
  record1,
  record2,
  startFixture,
  write,
} from './authzen-fixture.ts';

// Search and Discovery of openid/authzen, certification/authorization-api-1_0-scenario.md, by its sections.

const SEARCH_SUBJECT = '/access/v1/search/subject';
const SEARCH_RESOURCE = '/access/v1/search/resource';
const SEARCH_ACTION = '/access/v1/search/action';

describe.each(DECISION_POINTS)('the %s', (kind) => {
  let point: DecisionPoint;
  beforeAll(async () => {
    point = await startFixture(kind);
  }, 120_000);
  afterAll(() => point?.stop());

  describe('Search Core', () => {
    const find = async (path: string, body: unknown) => (await ask(point, path, body)).results as unknown[];

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
      const first = await ask(point, SEARCH_SUBJECT, { ...body, page: { limit: 1 } });
      expect(first).toEqual({ page: { next_token: expect.stringMatching(/./), count: 1 }, results: [alice] });
      const second = await ask(point, SEARCH_SUBJECT, { ...body, page: { token: first.page.next_token } });
      expect(second).toEqual({ page: { next_token: '', count: 1 }, results: [bob] });
    });

    it('4.6 finds nothing for what is unknown', async () => {
      const nobody = { type: 'user', id: 'nonexistent-user' };
      expect(await find(SEARCH_ACTION, { subject: nobody, resource: record1 })).toEqual([]);
      expect(await find(SEARCH_RESOURCE, { subject: nobody, action: read, resource: { type: 'record' } })).toEqual([]);
      expect(await find(SEARCH_SUBJECT, { subject: { type: 'spaceship' }, action: read, resource: record1 })).toEqual(
        [],
      );
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
      expect((await post(point, path, body)).status).toBe(400);
    });
  });

  describe('Search Properties', () => {
    it('4.2.4 finds who may write what is archived', async () => {
      const body = { subject: { type: 'user' }, action: write, resource: archived };
      expect((await ask(point, SEARCH_SUBJECT, body)).results).toEqual([bob]);
    });

    it('4.3.3 finds what an admin may write', async () => {
      const body = { subject: adminBob, action: write, resource: { type: 'record' } };
      expect((await ask(point, SEARCH_RESOURCE, body)).results).toEqual([record2]);
    });

    it('4.4.3 finds what an admin may do to what is archived', async () => {
      const { results } = await ask(point, SEARCH_ACTION, { subject: adminBob, resource: archived });
      expect(results).toEqual([read, write]);
    });
  });

  describe('Discovery', () => {
    it('6 names itself and every endpoint, by HTTPS, with no parameter that has no value', async () => {
      const answer = await fetch(`${point.url}/.well-known/authzen-configuration`);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json']);
      expect(await answer.json()).toEqual({
        policy_decision_point: PDP_URL,
        access_evaluation_endpoint: `${PDP_URL}/access/v1/evaluation`,
        access_evaluations_endpoint: `${PDP_URL}/access/v1/evaluations`,
        search_subject_endpoint: PDP_URL + SEARCH_SUBJECT,
        search_resource_endpoint: PDP_URL + SEARCH_RESOURCE,
        search_action_endpoint: PDP_URL + SEARCH_ACTION,
      });
    });
  });
});
