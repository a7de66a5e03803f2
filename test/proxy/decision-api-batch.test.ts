import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLogger } from '../../core/process/logger.ts';
import { waitUntil } from '../support/wait-until.ts';
import { grant, resource, TEST_FACTS } from './support/facts.ts';
import { startSidecar, type TestSidecar } from './support/sidecar.ts';

const admin = { type: 'user', id: 'per_admin' };
const member = { type: 'user', id: 'per_member' };
const costs = { type: 'feature', id: 'cost-explorer' };
const use = { name: 'use' };

describe('several evaluations at once', () => {
  let sidecar: TestSidecar;
  const lines: Record<string, unknown>[] = [];
  beforeAll(async () => {
    sidecar = await startSidecar({
      facts: [...TEST_FACTS, resource('feature:secret', { minimum_role: 'owner', discoverable: 'none' }), GRANT],
      logger: createLogger('proxy', 'info', { write: (line) => void lines.push(JSON.parse(line)) }),
    });
  });
  afterAll(() => sidecar.stop());

  const GRANT = grant('grt_1', 'member2', 'feature:cost-explorer');
  const post = (body: object) =>
    fetch(`${sidecar.decisionUrl}/access/v1/evaluations`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const ask = async (body: object) => (await (await post(body)).json()) as any;
  /** Of the person with and the person without access, by a letter each. */
  const inOrder = async (people: string, options?: object) => {
    const evaluations = [...people].map((letter) => ({ subject: letter === 'a' ? admin : member }));
    const answer = await ask({ action: use, resource: costs, evaluations, ...(options && { options }) });
    return (answer.evaluations as { decision: boolean }[]).map(({ decision }) => (decision ? 'y' : 'n')).join('');
  };

  it.each([
    [undefined, 'amam', 'ynyn'],
    [{}, 'amam', 'ynyn'],
    [{ another_option: 1 }, 'ma', 'ny'],
    [{ evaluations_semantic: 'execute_all' }, 'amam', 'ynyn'],
    [{ evaluations_semantic: 'deny_on_first_deny' }, 'aamam', 'yyn'],
    [{ evaluations_semantic: 'deny_on_first_deny' }, 'aaa', 'yyy'],
    [{ evaluations_semantic: 'permit_on_first_permit' }, 'mmama', 'nny'],
    [{ evaluations_semantic: 'permit_on_first_permit' }, 'mm', 'nn'],
  ])('with options %j asks %s and answers %s', async (options, people, answers) => {
    expect(await inOrder(people, options)).toBe(answers);
  });

  it('takes an error for a denial', async () => {
    const evaluations = [{ subject: admin }, { subject: 7 }, { subject: admin }];
    const body = (evaluations_semantic: string) => ({
      action: use,
      resource: costs,
      evaluations,
      options: { evaluations_semantic },
    });
    expect((await ask(body('deny_on_first_deny'))).evaluations).toHaveLength(2);
    expect((await ask(body('execute_all'))).evaluations).toMatchObject([
      { decision: true },
      { decision: false, context: { error: { status: 400, message: 'subject: must be an object' } } },
      { decision: true },
    ]);
    for (const one of [null, 1, 'x', []]) {
      const answer = await ask({ subject: admin, action: use, resource: costs, evaluations: [one] });
      expect(answer.evaluations).toMatchObject([{ decision: false, context: { error: { status: 400 } } }]);
    }
  });

  it('tells of each what a single evaluation tells: the way in, and nothing of what is hidden', async () => {
    const { evaluations } = await ask({
      subject: member,
      action: use,
      evaluations: [
        { resource: costs },
        { resource: { type: 'feature', id: 'secret' } },
        { resource: { type: 'feature', id: 'unheard-of' } },
      ],
    });
    expect(evaluations[0].context).toMatchObject({
      reason: 'role-too-low',
      access_request: { form_url: expect.stringContaining('feature:cost-explorer') },
    });
    const [, hidden, unknown] = evaluations as { context: Record<string, unknown> }[];
    for (const { context } of [hidden!, unknown!]) {
      delete context['evaluation_id'];
      delete context['evaluated_at'];
    }
    expect(hidden).toEqual(unknown);
    expect(hidden!.context).not.toHaveProperty('access_request');
  });

  it('decides all by the same facts, while they change without a pause', async () => {
    let on = true;
    const people = Array.from({ length: 50 }, () => ({ subject: { type: 'user', id: 'per_member2' } }));
    const seen = new Set<string>();
    const flipping = setInterval(() => {
      on = !on;
      sidecar.feed.change(on ? GRANT : { ...GRANT, value: null });
    }, 1);
    try {
      await waitUntil('both answers', async () => {
        const { evaluations } = await ask({ action: use, resource: costs, evaluations: people });
        const decisions = new Set((evaluations as { decision: boolean }[]).map(({ decision }) => decision));
        seen.add([...decisions].join(' and '));
        return seen.size >= 2;
      });
    } finally {
      clearInterval(flipping);
    }
    expect([...seen].toSorted()).toEqual(['false', 'true']);
  });

  it('writes each decision to the log, and no properties', async () => {
    lines.length = 0;
    const said = { ...member, properties: { department: 'of-secrets' } };
    await ask({ action: use, resource: costs, evaluations: [{ subject: admin }, { subject: said }, {}] });
    const decisions = lines.filter(({ msg }) => msg === 'decision');
    expect(decisions.map(({ subject, allow, via }) => [subject, allow, via])).toEqual([
      ['per_admin', true, 'decision-api'],
      ['per_member', false, 'decision-api'],
    ]);
    expect(JSON.stringify(lines)).not.toContain('of-secrets');
  });

  const many = (length: number) => Array.from({ length }, () => ({}));
  it.each([
    ['a list that is none', { evaluations: {} }, 'evaluations', /a list/],
    ['more than fit', { evaluations: many(101) }, 'evaluations', /100/],
    [
      'an unknown semantic',
      { evaluations: many(1), options: { evaluations_semantic: 'some' } },
      'options.evaluations_semantic',
      /execute_all, deny_on/,
    ],
    ['options that are none', { evaluations: many(1), options: 'all' }, 'options', /an object/],
    ['a default of the wrong type', { subject: 'alice', evaluations: many(1) }, 'subject', /an object/],
    ['a context of the wrong type', { context: [], evaluations: many(1) }, 'context', /an object/],
    ['no list and no resource', { subject: admin, action: use }, 'resource', /is missing/],
  ])('refuses all for %s', async (_name, body, field, message) => {
    const answer = await post(body);
    const { errors } = (await answer.json()) as { errors: { field: string; message: string }[] };
    expect([answer.status, answer.headers.get('content-type')]).toEqual([400, 'application/problem+json']);
    expect(errors.find((error) => error.field === field)?.message).toMatch(message);
  });

  it('takes as many as fit', async () => {
    const body = { subject: admin, action: use, resource: costs, evaluations: many(100) };
    expect(new Set((await ask(body)).evaluations.map(({ decision }: any) => decision))).toEqual(new Set([true]));
  });
});
