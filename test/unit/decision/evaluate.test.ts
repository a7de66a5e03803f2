import { describe, expect, it } from '@jest/globals';
import { resourceSchema } from '../../../core/access/resource.ts';
import { subjectSchema } from '../../../core/access/subject.ts';
import type { DecisionInput, Question } from '../../../core/decision/decision-input.ts';
import { evaluate, firstExpiry } from '../../../core/decision/evaluate.ts';
import { PolicyEngineError, type PolicyEngine } from '../../../core/decision/policy-engine.ts';
import { Facts } from '../../../core/feed/facts.ts';

const NOW = 1_800_000_000_000;
const ada = subjectSchema.parse({ id: 'per_ada', sub: 'ada', email: 'ada@example.com', name: 'Ada', role: 'member' });
const resource = resourceSchema.parse({ type: 'connection', id: 'aws', name: 'AWS' });
const question: Question = {
  subject: ada,
  resource,
  action: { name: 'read', method: 'GET' },
  context: { path: '/', host: 'h', source_ip: null },
};

function withGrants(ends: (number | null)[]): Facts {
  const facts = new Facts();
  for (const [index, expires_at] of ends.entries()) {
    const id = `grt_${index}`;
    const value = {
      id,
      subject_id: ada.id,
      entitlement: { kind: 'resource' as const, resource: { type: 'connection' as const, id: 'aws' } },
      starts_at: 0,
      expires_at,
      request_id: null,
    };
    facts.apply({ kind: 'grant', id, value });
  }
  return facts;
}

/** Policies in any language; these are written in TypeScript. */
function engine(decide: (input: DecisionInput) => unknown): PolicyEngine {
  return { revision: 'rev-1', decide, request: () => undefined };
}

const allowAll = engine((input) => ({
  allow: true,
  reason: 'granted-resource',
  grants: input.grants.map(({ id }) => id),
}));

describe('a decision', () => {
  it('allows what the policy allows, and remembers which grants carried it', () => {
    expect(evaluate(allowAll, withGrants([null, NOW + 1]), question, NOW)).toEqual({
      allow: true,
      reason: 'granted-resource',
      grants: ['grt_0', 'grt_1'],
      ends_at: NOW + 1,
      role: 'member',
      obligations: {},
      request: null,
      evaluation_id: expect.stringMatching(/^ev_[0-9a-f]{32}$/),
      evaluated_at: NOW,
      policy_revision: 'rev-1',
    });
  });

  it('is named anew each time', () => {
    const names = [1, 2, 3].map(() => evaluate(allowAll, withGrants([]), question, NOW).evaluation_id);
    expect(new Set(names).size).toBe(3);
  });

  it('never rests on an expired grant, although the policy would name it', () => {
    const fromMemory = engine(() => ({ allow: true, reason: 'granted-resource', grants: ['grt_0'] }));
    const facts = withGrants([NOW]);
    expect(evaluate(fromMemory, facts, question, NOW - 1)).toMatchObject({ allow: true });
    expect(evaluate(fromMemory, facts, question, NOW)).toMatchObject({ allow: false, reason: 'policy-error' });
  });

  it('goes against a disabled person before the policy is asked', () => {
    let asked = false;
    const watching = engine(() => {
      asked = true;
      return { allow: true, reason: 'role-sufficient', grants: [] };
    });
    const disabled = { ...question, subject: { ...ada, disabled: true } };
    expect(evaluate(watching, withGrants([]), disabled, NOW)).toMatchObject({
      allow: false,
      reason: 'subject-disabled',
    });
    expect(asked).toBe(false);
  });

  it.each([new PolicyEngineError('broken'), 'a thrown string', new TypeError('x'), undefined])(
    'is a denial when the policy throws %s, and says so to whoever listens',
    (thrown) => {
      const heard: unknown[] = [];
      const failing = engine(() => {
        throw thrown;
      });
      const decision = evaluate(failing, withGrants([]), question, NOW, (error) => heard.push(error));
      expect(decision).toMatchObject({ allow: false, reason: 'policy-error', request: null, policy_revision: 'rev-1' });
      expect(heard).toEqual([thrown]);
    },
  );

  it('is a denial when the policy says nothing', () => {
    expect(
      evaluate(
        engine(() => undefined),
        withGrants([]),
        question,
        NOW,
      ),
    ).toMatchObject({
      allow: false,
      reason: 'policy-undefined',
    });
  });
});

describe('the first end among the grants that carried a decision', () => {
  it.each([
    [[null], null],
    [[5], 5],
    [[9, 5, null, 7], 5],
    [[], null],
  ])('of %j is %s', (ends, expected) => {
    const facts = withGrants(ends);
    const ids = ends.map((_, index) => `grt_${index}`);
    expect(firstExpiry(facts, question.subject.id, ids)).toBe(expected);
  });

  it('leaves grants out that are gone', () => {
    expect(firstExpiry(withGrants([5]), question.subject.id, ['grt_0', 'grt_gone'])).toBe(5);
  });
});
