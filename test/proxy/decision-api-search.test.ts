import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Fact } from '../../core/feed/fact.ts';
import { waitUntil } from '../support/wait-until.ts';
import { ended, grant, person, resource, TEST_FACTS } from './support/facts.ts';
import { startSidecar, type TestSidecar } from './support/sidecar.ts';

const member = { type: 'user', id: 'per_member' };
const costs = { type: 'feature', id: 'cost-explorer' };
const use = { name: 'use' };
const users = { subject: { type: 'user' }, action: use, resource: costs };

const HIDDEN = resource('feature:secret', { minimum_role: 'owner', discoverable: 'none' });
const GRANT = grant('grt_1', 'member2', 'feature:cost-explorer');
const ofType = (id: string, type: unknown) =>
  resource(`feature:${id}`, { attributes: { authzen_type: type as string } });

let sidecar: TestSidecar;
const post = (what: string, body: object) =>
  fetch(`${sidecar.decisionUrl}/access/v1/search/${what}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
const find = async (what: string, body: object) => (await (await post(what, body)).json()) as any;
const idsOf = (answer: { results: { id?: string; name?: string }[] }) =>
  answer.results.map(({ id, name }) => id ?? name);

/** Every page of a search, following `next_token` to the end. */
async function pagesOf(
  what: string,
  body: { page?: object; [member: string]: unknown },
): Promise<(string | undefined)[][]> {
  const pages = [];
  let token = '';
  do {
    const answer = await find(what, { ...body, page: { ...body.page, ...(token === '' ? {} : { token }) } });
    expect(answer.page.count).toBe(answer.results.length);
    pages.push(idsOf(answer));
    token = answer.page.next_token as string;
  } while (token !== '' && pages.length < 100);
  return pages;
}

describe('searches', () => {
  beforeAll(async () => {
    sidecar = await startSidecar({
      facts: [
        ...TEST_FACTS,
        HIDDEN,
        GRANT,
        ofType('doc-2', 'document'),
        ofType('doc-1', 'document'),
        ofType('sneaky', 'connection'),
        ofType('odd', ['document']),
        resource('connection:doc-3', { attributes: { authzen_type: 'document' } }),
      ],
    });
  });
  afterAll(() => sidecar.stop());

  it('find who may, in the order of ids, the disabled left out', async () => {
    expect(await find('subject', users)).toEqual({
      page: { next_token: '', count: 2 },
      results: [
        { type: 'user', id: 'per_admin' },
        { type: 'user', id: 'per_member2' },
      ],
    });
    const anybody = await find('subject', { ...users, resource: { type: 'document', id: 'doc-1' } });
    expect(idsOf(anybody)).toEqual(['per_admin', 'per_member', 'per_member2', 'per_viewer']);
  });

  it('find no longer who no longer may, and nothing before an end is over', async () => {
    expect(idsOf(await find('subject', users))).toContain('per_member2');
    sidecar.feed.change(ended('grt_1'));
    await waitUntil('the end of the grant', async () => !idsOf(await find('subject', users)).includes('per_member2'));
    sidecar.feed.change(grant('grt_1', 'member2', 'feature:cost-explorer', { expiresAt: Date.now() - 1 }));
    await waitUntil('an expired grant', () => Promise.resolve(sidecar.feed.applied.at(-1) === sidecar.feed.revision));
    expect(idsOf(await find('subject', users))).not.toContain('per_member2');
    sidecar.feed.change(GRANT);
    await waitUntil('the grant again', async () => idsOf(await find('subject', users)).includes('per_member2'));
  });

  it('find what one may use: of the type asked for, and nothing that is hidden from them', async () => {
    const search = (type: string) => find('resource', { subject: member, action: use, resource: { type } });
    expect(idsOf(await search('feature'))).toEqual(['doc-1', 'doc-2', 'odd', 'sneaky']);
    expect(await search('document')).toMatchObject({
      results: [
        { type: 'document', id: 'doc-1' },
        { type: 'document', id: 'doc-2' },
      ],
    });
    expect(idsOf(await search('connection'))).toEqual([]);
  });

  it('find what one may do, of the actions the configuration names', async () => {
    const search = (subject: object, target: object) => find('action', { subject, resource: target });
    const admins = { type: 'user', id: 'admin@example.com' };
    expect(idsOf(await search(admins, costs))).toEqual(['admin', 'connect', 'read', 'write']);
    expect(idsOf(await search(member, costs))).toEqual([]);
    expect(await search(member, { type: 'feature', id: 'secret' })).toEqual(
      await search(member, { type: 'feature', id: 'unheard-of' }),
    );
  });

  it('pass over the id of what is looked for', async () => {
    for (const id of ['per_member', '', 7, null]) {
      expect(await find('subject', { ...users, subject: { type: 'user', id } })).toEqual(await find('subject', users));
    }
  });

  it('find nothing but what an evaluation allows, and everything that one does', async () => {
    for (const type of ['feature', 'document', 'connection', 'target']) {
      for (const who of ['viewer', 'member', 'member2', 'admin', 'gone', 'nobody']) {
        const subject = { type: 'user', id: `per_${who}` };
        const found = idsOf(await find('resource', { subject, action: use, resource: { type } }));
        for (const id of ['cost-explorer', 'secret', 'doc-1', 'odd', 'aws-production', 'billing-db']) {
          const answer = await fetch(`${sidecar.decisionUrl}/access/v1/evaluation`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ subject, action: use, resource: { type, id } }),
          });
          expect([type, who, id, ((await answer.json()) as any).decision]).toEqual([type, who, id, found.includes(id)]);
        }
      }
    }
  });

  it.each([
    ['page', { page: 'x' }, 'page', /an object/],
    ['limit', { page: { limit: -1 } }, 'page.limit', /negative/],
    ['limit', { page: { limit: 1.5 } }, 'page.limit', /whole number/],
    ['token', { page: { token: 7 } }, 'page.token', /text/],
    ['token', { page: { token: 'a3M9NDU2O3N6PTI=' } }, 'page.token', /begin again/],
    ['context', { context: { a: 'x'.repeat(9_000) } }, '', /8192/],
    ['string', { context: { a: '\ud800' } }, '', /Unicode/],
  ])('name the field for a wrong %s', async (_name, more, field, message) => {
    const answer = await post('subject', { ...users, ...more });
    const { errors } = (await answer.json()) as { errors: { field: string; message: string }[] };
    expect([answer.status, errors[0]?.field]).toEqual([400, field]);
    expect(errors[0]?.message).toMatch(message);
  });
});

describe('pages', () => {
  const COUNT = 300;
  const people: Fact[] = Array.from({ length: COUNT }, (_, index) => person(`p${String(index).padStart(3, '0')}`));
  /** Every tenth may. */
  const expected = people.filter((_, index) => index % 10 === 3).map(({ id }) => id);
  const grants = expected.map((id) => grant(`grt_${id}`, id.slice('per_'.length), 'feature:cost-explorer'));
  const facts = [resource('feature:cost-explorer', { minimum_role: 'admin' }), ...people.toReversed(), ...grants];
  const limits = { feed_reconnect_min_ms: 10, feed_reconnect_max_ms: 50, shutdown_grace_ms: 50 };
  afterEach(() => sidecar.stop());
  const start = async (more: object) => {
    sidecar = await startSidecar({ facts, config: { limits: { ...limits, ...more } } });
  };

  it('hold what was asked for, whole and in order, and end exactly', async () => {
    await start({});
    for (const limit of [1, 7, 10, 30, 31]) {
      const pages = await pagesOf('subject', { ...users, page: { limit } });
      expect(pages.flat()).toEqual(expected);
      expect(pages).toHaveLength(Math.ceil(expected.length / limit));
    }
    const none = await find('subject', { ...users, page: { limit: 0 } });
    expect(none).toEqual({ page: { next_token: expect.stringMatching(/./), count: 0 }, results: [] });
  });

  it('are bounded in length whatever is asked, and in work whatever is found', async () => {
    await start({ decision_search_results: 4, decision_search_candidates: 25, slice_ms: 1 });
    const pages = await pagesOf('subject', { ...users, page: { limit: 1_000 } });
    expect(pages.flat()).toEqual(expected);
    expect(Math.max(...pages.map((page) => page.length))).toBeLessThanOrEqual(3);
    expect(pages).toHaveLength(COUNT / 25);
  });

  it('go on with the same search only', async () => {
    await start({});
    const { next_token: token } = (await find('subject', { ...users, page: { limit: 5 } })).page;
    const next = (more: object, page: object = {}) => post('subject', { ...users, ...more, page: { token, ...page } });
    expect((await next({})).status).toBe(200);
    expect((await next({}, { limit: 5 })).status).toBe(200);
    expect((await next({ resource: { id: 'cost-explorer', type: 'feature' }, foo: 1 })).status).toBe(200);
    expect((await next({}, { limit: 6 })).status).toBe(400);
    expect((await next({}, { properties: { sort: 'name' } })).status).toBe(400);
    expect((await next({ action: { name: 'read' } })).status).toBe(400);
    expect((await next({ context: { time: 'now' } })).status).toBe(400);
    expect((await next({ resource: { ...costs, properties: { a: 1 } } })).status).toBe(400);
    const other = { subject: member, action: use, resource: { type: 'feature' }, page: { token } };
    expect((await post('resource', other)).status).toBe(400);
  });

  it('go on where they were when people come and go', async () => {
    await start({});
    const first = await find('subject', { ...users, page: { limit: 10 } });
    const [gone, last] = [expected[5]!, expected[9]!];
    expect(idsOf(first).at(-1)).toBe(last);
    sidecar.feed.change({ kind: 'subject', id: last, value: null }, { kind: 'subject', id: gone, value: null });
    sidecar.feed.change(person('p014'), grant('grt_new', 'p094', 'feature:cost-explorer'));
    await waitUntil('the changes', () => Promise.resolve(sidecar.feed.applied.at(-1) === sidecar.feed.revision));
    const second = await find('subject', { ...users, page: { token: first.page.next_token } });
    expect(idsOf(second)).toEqual(['per_p094', ...expected.slice(10, 19)].toSorted());
  });

  it('are no use of a grant', async () => {
    await start({});
    await pagesOf('subject', users);
    const [subject] = expected;
    await fetch(`${sidecar.decisionUrl}/access/v1/evaluation`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...users, subject: { type: 'user', id: subject } }),
    });
    await waitUntil('the first use', () => sidecar.feed.firstUses.length > 0);
    expect(sidecar.feed.firstUses.map((reported) => reported['grant_id'])).toEqual([`grt_${subject}`]);
  });

  it('say in their tokens nothing of what was passed over', async () => {
    await start({ decision_search_candidates: 2 });
    const { page, results } = await find('subject', users);
    expect(results).toEqual([]);
    expect(Buffer.from(page.next_token, 'base64url').toString('latin1')).not.toContain('per_');
  });
});
