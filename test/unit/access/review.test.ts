import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import {
  assertMayGive,
  assertMayReview,
  changeTerms,
  mayReview,
  lengthOf,
  modificationsOf,
  periodOf,
  type Reviewer,
  type Terms,
} from '../../../core/access/review.ts';
import { reviewersSchema, type PastReview, type Reviewers } from '../../../core/access/review-stages.ts';
import { ROLES, type Role } from '../../../core/access/role.ts';

const ADMINS: Reviewers = { roles: ['admin', 'owner'], people: [], scope_owners: false };
const NOBODY: Reviewers = { roles: [], people: [], scope_owners: false };
const admin: Reviewer = { id: 'per_admin', role: 'admin', disabled: false };
const code = (value: string): Error => expect.objectContaining({ code: value }) as unknown as Error;

const personId = fc.constantFrom('a', 'b', 'c', 'd');
const reviewer: fc.Arbitrary<Reviewer> = fc.record({
  id: personId,
  role: fc.constantFrom(...ROLES),
  disabled: fc.boolean(),
});
const people = fc.subarray(['a', 'b', 'c', 'd']);
const reviewers: fc.Arbitrary<Reviewers> = fc.record({
  roles: fc.subarray([...ROLES]),
  people,
  scope_owners: fc.boolean(),
});

describe('who may review', () => {
  it.each<[Role, boolean]>([
    ['viewer', false],
    ['member', false],
    ['admin', true],
    ['owner', true],
  ])('%s: %s, where the policy names Admins and the Owner', (role, may) => {
    expect(mayReview({ ...admin, role }, 'per_other', ADMINS, [])).toBe(may);
  });

  it('nobody who asked, whatever the policy says (law 9)', () => {
    fc.assert(
      fc.property(reviewer, reviewers, people, (who, named, owners) => {
        expect(mayReview(who, who.id, named, owners)).toBe(false);
        expect(() => assertMayReview(who, who.id, named, owners, [])).toThrow(code('self-review'));
      }),
    );
  });

  it('nobody below Admin and nobody disabled, named in person, owner of the Scope or not (R19)', () => {
    fc.assert(
      fc.property(reviewer, personId, reviewers, people, (who, requester, named, owners) => {
        if (mayReview(who, requester, named, owners)) {
          expect(['admin', 'owner']).toContain(who.role);
          expect(who.disabled).toBe(false);
        }
      }),
    );
  });

  it('somebody named in person, where their role is not', () => {
    const named = (id: string): Reviewers => ({ ...NOBODY, roles: ['owner'], people: [id] });
    expect(mayReview(admin, 'per_other', named(admin.id), [])).toBe(true);
    expect(mayReview(admin, 'per_other', named('per_third'), [])).toBe(false);
    expect(mayReview({ ...admin, role: 'member' }, 'per_other', named(admin.id), [])).toBe(false);
  });

  it('the owners of the Scope, where the policy says that they count', () => {
    const owners: Reviewers = { ...NOBODY, scope_owners: true };
    expect(mayReview(admin, 'per_other', owners, [admin.id])).toBe(true);
    expect(mayReview(admin, 'per_other', owners, ['per_third'])).toBe(false);
    expect(mayReview(admin, 'per_other', NOBODY, [admin.id])).toBe(false);
    expect(mayReview({ ...admin, role: 'member' }, 'per_other', owners, [admin.id])).toBe(false);
  });

  it('nobody where the policy names nobody', () => {
    expect(mayReview(admin, 'per_other', NOBODY, [admin.id])).toBe(false);
  });

  it('with the reason for the no, and one voice each, at whatever stage it was given', () => {
    const assert = (who: Reviewer, past: readonly PastReview[]): void =>
      assertMayReview(who, 'per_other', ADMINS, [], past);
    expect(() => assert({ ...admin, role: 'member' }, [])).toThrow(code('not-allowed'));
    for (const stage of [0, 1]) {
      expect(() => assert(admin, [{ reviewer_id: admin.id, verdict: 'approve', stage }])).toThrow(
        code('already-reviewed'),
      );
    }
    expect(() => assert(admin, [{ reviewer_id: 'per_third', verdict: 'approve', stage: 0 }])).not.toThrow();
  });

  it('asserted and asked agree', () => {
    fc.assert(
      fc.property(reviewer, personId, reviewers, people, (who, requester, named, owners) => {
        const assert = (): void => assertMayReview(who, requester, named, owners, []);
        if (mayReview(who, requester, named, owners)) expect(assert).not.toThrow();
        else expect(assert).toThrow();
      }),
    );
  });

  it('people and Scope owners may be left out of a policy, roles may not', () => {
    expect(reviewersSchema.parse({ roles: [] })).toEqual({ roles: [], people: [], scope_owners: false });
    expect(reviewersSchema.safeParse({ people: ['a'] }).success).toBe(false);
  });
});

const NOW = Date.parse('2026-03-01T12:00:00Z');

const asked: Terms = {
  entitlement: { kind: 'scope', scope_id: 'production' },
  starts_at: null,
  duration_seconds: 3_600,
  until: null,
};

describe('what is given', () => {
  it('is what was asked, but for what a reviewer changed', () => {
    const entitlement = { kind: 'scope', scope_id: 'staging' } as const;
    expect(changeTerms(asked, {})).toEqual(asked);
    expect(changeTerms(asked, { entitlement: undefined, duration_seconds: undefined, until: undefined })).toEqual(
      asked,
    );
    expect(changeTerms(asked, { until: NOW })).toEqual({ ...asked, duration_seconds: null, until: NOW });
    expect(changeTerms({ ...asked, duration_seconds: null, until: NOW }, { duration_seconds: 60 })).toEqual({
      ...asked,
      duration_seconds: 60,
    });
    expect(changeTerms(asked, { starts_at: NOW })).toEqual({ ...asked, starts_at: NOW });
    expect(changeTerms({ ...asked, starts_at: NOW }, { starts_at: null })).toEqual(asked);
    expect(changeTerms(asked, { duration_seconds: 60 })).toEqual({ ...asked, duration_seconds: 60 });
    expect(changeTerms(asked, { duration_seconds: null })).toEqual({ ...asked, duration_seconds: null });
    expect(changeTerms(asked, { entitlement })).toEqual({ ...asked, entitlement });
  });

  it('is told apart from what was asked', () => {
    expect(modificationsOf(asked, asked)).toEqual([]);
    expect(modificationsOf(asked, changeTerms(asked, { duration_seconds: null }))).toEqual(['duration_seconds']);
    expect(modificationsOf(asked, changeTerms(asked, { entitlement: { kind: 'role', role: 'member' } }))).toEqual([
      'entitlement',
    ]);
    expect(modificationsOf(asked, changeTerms(asked, { until: NOW }))).toEqual(['duration_seconds']);
    expect(modificationsOf(asked, changeTerms(asked, { starts_at: NOW }))).toEqual(['starts_at']);
    expect(
      modificationsOf(asked, {
        entitlement: { kind: 'role', role: 'admin' },
        duration_seconds: 1,
        starts_at: NOW,
        until: null,
      }),
    ).toEqual(['entitlement', 'duration_seconds', 'starts_at']);
    expect(modificationsOf(asked, { ...asked, entitlement: { kind: 'scope', scope_id: 'production' } })).toEqual([]);
  });

  it.each([
    [3_600, 3_600, true],
    [3_601, 3_600, false],
    [null, 3_600, false],
    [null, null, true],
  ])('stays under the ceiling of the policy: %s under %s', (duration_seconds, ceiling, may) => {
    const give = (): void => assertMayGive(admin, { ...asked, duration_seconds }, ceiling, NOW);
    if (may) expect(give).not.toThrow();
    else expect(give).toThrow(code('duration-too-long'));
  });

  it.each(ROLES.flatMap((own) => ROLES.map((role) => [own, role] as const)))(
    'a reviewer of role %s and the role %s: never more than their own, never ownership',
    (own, role) => {
      const terms: Terms = { ...asked, entitlement: { kind: 'role', role } };
      const give = (): void => assertMayGive({ ...admin, role: own }, terms, null, NOW);
      const may = role !== 'owner' && (own === 'owner' || own === 'admin');
      if (may) expect(give).not.toThrow();
      else expect(give).toThrow(code('beyond-reviewer-role'));
    },
  );

  it('says which field is at fault, and the ceiling', () => {
    expect(() => assertMayGive(admin, { ...asked, duration_seconds: 61 }, 60, NOW)).toThrow(
      expect.objectContaining({ field: 'duration_seconds', facts: { max_duration_seconds: 60 } }) as unknown as Error,
    );
    const terms: Terms = { ...asked, entitlement: { kind: 'role', role: 'owner' } };
    expect(() => assertMayGive(admin, terms, null, NOW)).toThrow(
      expect.objectContaining({ field: 'role' }) as unknown as Error,
    );
  });
});

describe('when it begins and how long it lasts', () => {
  const until = (ms: number, starts_at: number | null = null): Terms => ({
    ...asked,
    duration_seconds: null,
    until: ms,
    starts_at,
  });

  it('begins at approval, or at the time asked for when that is still to come (law 4)', () => {
    expect(periodOf(asked, NOW)).toEqual({ starts_at: NOW, expires_at: NOW + 3_600_000 });
    const late = { ...asked, starts_at: NOW - 1 };
    expect(periodOf(late, NOW)).toEqual({ starts_at: NOW, expires_at: NOW + 3_600_000 });
    const soon = { ...asked, starts_at: NOW + 5_000 };
    expect(periodOf(soon, NOW)).toEqual({ starts_at: NOW + 5_000, expires_at: NOW + 3_605_000 });
    expect(periodOf({ ...asked, duration_seconds: null }, NOW).expires_at).toBeNull();
  });

  it('ends at a fixed end, whenever it is approved', () => {
    expect(periodOf(until(NOW + 10_000), NOW)).toEqual({ starts_at: NOW, expires_at: NOW + 10_000 });
    expect(lengthOf(until(NOW + 10_000), NOW)).toBe(10);
    expect(lengthOf(until(NOW + 10_000, NOW + 4_000), NOW)).toBe(6);
    expect(lengthOf(until(NOW + 9_001), NOW)).toBe(10);
  });

  it.each([NOW, NOW - 1])('refuses an end that leaves no time: %s', (end) => {
    expect(() => lengthOf(until(end), NOW)).toThrow(
      expect.objectContaining({ code: 'invalid-value', field: 'until' }) as unknown as Error,
    );
  });

  it('never gives more than the ceiling, whichever way the end is spelt', () => {
    const terms = fc.record({
      starts_at: fc.option(fc.integer({ min: NOW - 10_000, max: NOW + 100_000 })),
      length: fc.oneof(
        fc.record({
          duration_seconds: fc.option(fc.integer({ min: 1, max: 200 })),
          until: fc.constant(null),
        }),
        fc.record({
          duration_seconds: fc.constant(null),
          until: fc.integer({ min: NOW - 10_000, max: NOW + 300_000 }),
        }),
      ),
    });
    fc.assert(
      fc.property(terms, fc.integer({ min: 1, max: 100 }), ({ starts_at, length }, ceiling) => {
        const given: Terms = { ...asked, starts_at, ...length };
        try {
          assertMayGive(admin, given, ceiling, NOW);
        } catch {
          return;
        }
        const period = periodOf(given, NOW);
        expect(period.starts_at).toBeGreaterThanOrEqual(NOW);
        expect(period.expires_at).not.toBeNull();
        expect(period.expires_at! - period.starts_at).toBeGreaterThan(0);
        expect(period.expires_at! - period.starts_at).toBeLessThanOrEqual(ceiling * 1000);
      }),
    );
  });

  it('names the field the reviewer wrote', () => {
    expect(() => assertMayGive(admin, until(NOW + 61_000), 60, NOW)).toThrow(
      expect.objectContaining({ code: 'duration-too-long', field: 'until' }) as unknown as Error,
    );
  });
});
