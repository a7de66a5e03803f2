import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DecisionMemo } from '../../../core/decision/decision-memo.ts';
import type { Decision } from '../../../core/decision/decision.ts';
import { createOpaPolicyEngine } from '../../../core/decision/opa-policy-engine.ts';
import { readPolicyBundle } from '../../../core/decision/policy-bundle.ts';
import type { PolicyEngine } from '../../../core/decision/policy-engine.ts';
import type { Fact } from '../../../core/feed/fact.ts';
import { Judge, type StandingQuestion } from '../../../proxy/gate/judge.ts';
import { grant } from '../../proxy/support/facts.ts';
import { anyFact, factsOf, KEYS, moment, NAMES, START } from '../../support/any-facts.ts';

type Step =
  | { readonly kind: 'fact'; readonly fact: Fact }
  | { readonly kind: 'time'; readonly ms: number }
  | { readonly kind: 'swap'; readonly what: 'facts' | 'policy' }
  | { readonly kind: 'ask'; readonly standing: StandingQuestion };

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: anyFact.map((fact) => ({ kind: 'fact' as const, fact })) },
  // Also back: a wall clock may be set.
  { weight: 2, arbitrary: moment.map((ms) => ({ kind: 'time' as const, ms })) },
  { weight: 1, arbitrary: fc.constantFrom<Step>({ kind: 'swap', what: 'facts' }, { kind: 'swap', what: 'policy' }) },
  {
    weight: 12,
    arbitrary: fc
      .record({
        name: fc.constantFrom(...NAMES),
        resourceKey: fc.constantFrom(...KEYS),
        action: fc.constantFrom('read', 'write', 'admin'),
        path: fc.constantFrom('/', '/other'),
      })
      .map(({ name, resourceKey, action, path }) => ({
        kind: 'ask' as const,
        standing: {
          subjectId: `per_${name}`,
          resourceKey,
          action: { name: action, method: 'GET' },
          context: { path, host: null, source_ip: null },
        },
      })),
  },
);

/** What is the answer's own, and not of the asking. */
const answerOf = (decision: Decision) => ({ ...decision, evaluation_id: '' });

describe('the memo of decisions', () => {
  let engines: PolicyEngine[];
  beforeAll(async () => {
    const bundle = await readPolicyBundle(await readFile('policies/bundle/policy.tar.gz'));
    engines = [
      await createOpaPolicyEngine(bundle),
      await createOpaPolicyEngine({ ...bundle, revision: 'another', data: withoutWriting(bundle.data) }),
    ];
  });

  it.each([0, 2, 6, 1_000])('answers as the policy does, whatever happens in between; %d entries', (entries) => {
    let hits = 0;
    fc.assert(
      fc.property(fc.array(anyStep, { minLength: 20, maxLength: 80 }), (steps) => {
        let facts = factsOf(START);
        let [engine] = engines;
        let nowMs = 5;
        const source = { inUse: () => facts, revision: 1 };
        const policy = {
          get engine() {
            return engine!;
          },
        };
        const memo = new DecisionMemo(entries);
        const judge = new Judge(source, policy, () => nowMs, fail, memo);
        const plain = new Judge(source, policy, () => nowMs, fail, new DecisionMemo(0));
        const ids = new Set<string>();
        for (const step of steps) {
          if (step.kind === 'fact') facts.apply(structuredClone(step.fact));
          else if (step.kind === 'time') nowMs = step.ms;
          else if (step.kind === 'swap' && step.what === 'facts') facts = factsOf(structuredClone([...facts.all()]));
          else if (step.kind === 'swap') engine = engines.find((other) => other !== engine);
          else {
            const first = judge.decideAgain(step.standing);
            const again = judge.decideAgain(step.standing);
            const expected = plain.decideAgain(step.standing);
            expect(answerOf(first)).toEqual(answerOf(expected));
            expect(answerOf(again)).toEqual(answerOf(expected));
            ids.add(first.evaluation_id).add(again.evaluation_id);
            expect(memo.size).toBeLessThanOrEqual(entries);
          }
        }
        expect(ids.size).toBe(2 * steps.filter(({ kind }) => kind === 'ask').length);
        hits += memo.counts.hits;
      }),
      { numRuns: 80 },
    );
    if (entries === 0) expect(hits).toBe(0);
    else expect(hits).toBeGreaterThan(500);
  });

  it('honours no grant at its end, and none before its beginning', () => {
    const facts = factsOf([...START, grant('grt_1', 'a', 'connection:x', { startsAt: 10, expiresAt: 20 })]);
    let nowMs = 0;
    const [engine] = engines;
    const memo = new DecisionMemo(100);
    const judge = new Judge({ inUse: () => facts, revision: 1 }, { engine: engine! }, () => nowMs, fail, memo);
    const isAllowed = (ms: number): boolean => {
      nowMs = ms;
      return judge.decideAgain({
        subjectId: 'per_a',
        resourceKey: 'connection:x',
        action: { name: 'read', method: 'GET' },
        context: { path: '/', host: null, source_ip: null },
      }).allow;
    };
    expect([0, 9, 10, 19, 20, 21, 15, 19, 20, 9].map(isAllowed)).toEqual([
      false,
      false,
      true,
      true,
      false,
      false,
      true,
      true,
      false,
      false,
    ]);
  });

  it('sees a grant that takes the place of one by the same id', () => {
    const facts = factsOf([...START, grant('grt_1', 'a', 'connection:x'), grant('grt_2', 'a', 'role:member')]);
    const [engine] = engines;
    const judge = new Judge(
      { inUse: () => facts, revision: 1 },
      { engine: engine! },
      () => 5,
      fail,
      new DecisionMemo(9),
    );
    const standing: StandingQuestion = {
      subjectId: 'per_a',
      resourceKey: 'connection:x',
      action: { name: 'read', method: 'GET' },
      context: { path: '/', host: null, source_ip: null },
    };
    expect(judge.decideAgain(standing).allow).toBe(true);
    facts.apply(grant('grt_1', 'a', 'target:t'));
    expect(judge.decideAgain(standing).allow).toBe(false);
    facts.apply(grant('grt_1', 'a', 'connection:x'));
    expect(judge.decideAgain(standing).allow).toBe(true);
  });

  it('takes no question for another that is spelled alike', () => {
    const facts = factsOf(START);
    const engine: PolicyEngine = {
      revision: 'r',
      ignoresContext: true,
      decide: ({ action }) => ({ allow: action.method === 'c', reason: 'role-sufficient', grants: [] }),
      request: () => undefined,
    };
    const judge = new Judge({ inUse: () => facts, revision: 1 }, { engine }, () => 5, fail, new DecisionMemo(9));
    const ask = (name: string, method: string | null): boolean =>
      judge.decideAgain({
        subjectId: 'per_a',
        resourceKey: 'connection:x',
        action: { name, method },
        context: { path: '/', host: null, source_ip: null },
      }).allow;
    expect(ask('a b', 'c')).toBe(true);
    expect(ask('a', 'b c')).toBe(false);
    expect(ask('a b c', null)).toBe(false);
    expect(ask('a b', 'c')).toBe(true);
  });

  it('is for no policy that reads what varies, or that does not say', () => {
    const memo = new DecisionMemo(100);
    const engine = { revision: 'r', decide: () => undefined, request: () => undefined };
    expect(memo.isFor(engine)).toBe(false);
    expect(memo.isFor({ ...engine, ignoresContext: false })).toBe(false);
    expect(memo.isFor({ ...engine, ignoresContext: true })).toBe(true);
    expect(engines.map((one) => memo.isFor(one))).toEqual([true, true]);
  });

  it('remembers no failure', () => {
    const facts = factsOf(START);
    let fails = true;
    const engine: PolicyEngine = {
      revision: 'r',
      ignoresContext: true,
      decide: () => {
        if (fails) throw new Error('once');
        return { allow: true, reason: 'role-sufficient', grants: [] };
      },
      request: () => undefined,
    };
    const memo = new DecisionMemo(100);
    const judge = new Judge(
      { inUse: () => facts, revision: 1 },
      { engine },
      () => 0,
      () => {},
      memo,
    );
    const subject = facts.subject('per_a')!;
    const question = {
      subject,
      resource: facts.resource('connection:x')!,
      action: { name: 'read', method: null },
      context: { path: null, host: null, source_ip: null },
    };
    expect(judge.decide({ facts, engine }, question).reason).toBe('policy-error');
    fails = false;
    expect(judge.decide({ facts, engine }, question).allow).toBe(true);
    expect(judge.decide({ facts, engine }, { ...question, subject: { ...subject, disabled: true } }).reason).toBe(
      'subject-disabled',
    );
  });
});

function fail(error: unknown): never {
  throw error;
}

/** The tables of another policy: nobody may write. */
function withoutWriting(data: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const copy = structuredClone(data) as { hallpass: { settings: { action_roles: Record<string, string> } } };
  delete copy.hallpass.settings.action_roles['write'];
  return copy;
}
