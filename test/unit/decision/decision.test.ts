import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { ALLOW_REASONS, POLICY_DENY_REASONS } from '../../../core/access/reason-code.ts';
import { readDecisionAnswer, refuse } from '../../../core/decision/decision.ts';

const OFFERED = ['grt_1', 'grt_2'];
const allow = { allow: true, reason: 'granted-resource', grants: ['grt_1'] };
const deny = { allow: false, reason: 'no-grant' };
const policyError = { allow: false, reason: 'policy-error', grants: [], obligations: {}, request: null };

describe('an answer that allows', () => {
  it('carries its reason, grants and obligations', () => {
    expect(readDecisionAnswer({ ...allow, obligations: { log: true } }, OFFERED)).toEqual({
      allow: true,
      reason: 'granted-resource',
      grants: ['grt_1'],
      obligations: { log: true },
      request: null,
    });
  });

  it.each(ALLOW_REASONS)('may give the reason %s', (reason) => {
    expect(readDecisionAnswer({ ...allow, reason }, OFFERED)).toMatchObject({ allow: true, reason });
  });

  it('needs no grant, where the role is enough', () => {
    expect(readDecisionAnswer({ allow: true, reason: 'role-sufficient', grants: [] }, [])).toMatchObject({
      allow: true,
    });
  });

  it.each([
    ['a grant that was not shown to the policy', { ...allow, grants: ['grt_3'] }],
    ['one such grant among good ones', { ...allow, grants: ['grt_1', 'grt_3'] }],
    ['a reason to deny', { ...allow, reason: 'no-grant' }],
    ['a reason of the engine', { ...allow, reason: 'facts-stale' }],
    ['a reason nobody knows', { ...allow, reason: 'because' }],
    ['no reason', { allow: true, grants: [] }],
    ['no grants', { allow: true, reason: 'granted-resource' }],
    ['grants that are no list', { ...allow, grants: 'grt_1' }],
    ['obligations that are no object', { ...allow, obligations: [1] }],
    ['the text "true"', { ...allow, allow: 'true' }],
    ['the number 1', { ...allow, allow: 1 }],
    ['a list around it', [allow]],
    ['a bare true', true],
  ])('is none with %s', (_, raw) => {
    expect(readDecisionAnswer(raw, OFFERED)).toEqual(policyError);
  });
});

describe('an answer that denies', () => {
  it.each(POLICY_DENY_REASONS)('may give the reason %s', (reason) => {
    expect(readDecisionAnswer({ ...deny, reason }, OFFERED)).toMatchObject({ allow: false, reason });
  });

  it('names no grants, whatever the policy names', () => {
    expect(readDecisionAnswer({ ...deny, grants: ['grt_1'] }, OFFERED).grants).toEqual([]);
  });

  it.each([
    [{ resource: true }, { resource: true, scopes: [], role: null }],
    [{ scopes: ['production'] }, { resource: false, scopes: ['production'], role: null }],
    [{ role: 'admin' }, { resource: false, scopes: [], role: 'admin' }],
    [{}, null],
    [{ resource: false, scopes: [], role: null }, null],
    [null, null],
    [undefined, null],
  ])('says what could be asked for: %j', (request, expected) => {
    expect(readDecisionAnswer({ ...deny, request }, OFFERED).request).toEqual(expected);
  });

  it('with a request of another shape is no answer', () => {
    expect(readDecisionAnswer({ ...deny, request: { role: 'god' } }, OFFERED)).toEqual(policyError);
  });
});

describe('no answer', () => {
  it.each([undefined, null])('%s is undefined, and denied', (raw) => {
    expect(readDecisionAnswer(raw, OFFERED)).toEqual({ ...policyError, reason: 'policy-undefined' });
  });

  it('any JSON is denied, but for an explicit allow of the right shape', () => {
    const anything = fc.oneof(
      fc.jsonValue(),
      fc
        .record(
          {
            allow: fc.oneof(fc.boolean(), fc.jsonValue()),
            reason: fc.oneof(fc.constantFrom<string>(...ALLOW_REASONS, ...POLICY_DENY_REASONS), fc.jsonValue()),
            grants: fc.oneof(fc.array(fc.constantFrom('grt_1', 'grt_2', 'grt_9')), fc.jsonValue()),
            obligations: fc.oneof(fc.constant({}), fc.jsonValue()),
            request: fc.jsonValue(),
          },
          { requiredKeys: [] },
        )
        .map((change) => ({ ...allow, ...change })),
    );
    let allowed = 0;
    fc.assert(
      fc.property(anything, (raw) => {
        const answer = readDecisionAnswer(raw, OFFERED);
        if (!answer.allow) return;
        allowed += 1;
        const { allow: explicit, reason, grants } = raw as { allow: unknown; reason: string; grants: string[] };
        expect(explicit).toBe(true);
        expect(ALLOW_REASONS).toContain(reason);
        expect(answer.reason).toBe(reason);
        expect(grants.every((id) => OFFERED.includes(id))).toBe(true);
      }),
      { numRuns: 3_000 },
    );
    // Without a single allow among them, the property would have said nothing.
    expect(allowed).toBeGreaterThan(0);
  });
});

describe('a refusal without a policy', () => {
  it('gives nothing, asks for nothing, and says when and why', () => {
    expect(refuse('facts-stale', 'ev_1', 5, null)).toEqual({
      allow: false,
      reason: 'facts-stale',
      grants: [],
      ends_at: null,
      role: null,
      obligations: {},
      request: null,
      evaluation_id: 'ev_1',
      evaluated_at: 5,
      policy_revision: null,
    });
  });
});
