import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import {
  assertMayGive,
  assertMayReview,
  changeTerms,
  mayReview,
  modificationsOf,
  outcomeOf,
  reviewersSchema,
  type PastReview,
  type Reviewer,
  type Terms,
} from '../../../core/access/review.ts';
import { ROLES, type Role } from '../../../core/access/role.ts';

const ADMINS = { roles: ['admin', 'owner'] as Role[], people: [] };
const admin: Reviewer = { id: 'per_admin', role: 'admin', disabled: false };
const code = (value: string): Error => expect.objectContaining({ code: value }) as unknown as Error;

const personId = fc.constantFrom('a', 'b', 'c', 'd');
const reviewer: fc.Arbitrary<Reviewer> = fc.record({
  id: personId,
  role: fc.constantFrom(...ROLES),
  disabled: fc.boolean(),
});
const reviewers = fc.record({ roles: fc.subarray([...ROLES]), people: fc.subarray(['a', 'b', 'c', 'd']) });
const review: fc.Arbitrary<PastReview> = fc.record({
  reviewer_id: personId,
  verdict: fc.constantFrom('approve' as const, 'deny' as const),
});

describe('who may review', () => {
  it.each<[Role, boolean]>([
    ['viewer', false],
    ['member', false],
    ['admin', true],
    ['owner', true],
  ])('%s: %s, where the policy names Admins and the Owner', (role, may) => {
    expect(mayReview({ ...admin, role }, 'per_other', ADMINS)).toBe(may);
  });

  it('nobody who asked, whatever the policy says (law 9)', () => {
    fc.assert(
      fc.property(reviewer, reviewers, (who, named) => {
        expect(mayReview(who, who.id, named)).toBe(false);
        expect(() => assertMayReview(who, who.id, named, [])).toThrow(code('self-review'));
      }),
    );
  });

  it('nobody below Admin and nobody disabled, named in person or not (R19)', () => {
    fc.assert(
      fc.property(reviewer, personId, reviewers, (who, requester, named) => {
        if (mayReview(who, requester, named)) {
          expect(['admin', 'owner']).toContain(who.role);
          expect(who.disabled).toBe(false);
        }
      }),
    );
  });

  it('somebody named in person, where their role is not', () => {
    expect(mayReview(admin, 'per_other', { roles: ['owner'], people: [admin.id] })).toBe(true);
    expect(mayReview(admin, 'per_other', { roles: ['owner'], people: ['per_third'] })).toBe(false);
    expect(mayReview({ ...admin, role: 'member' }, 'per_other', { roles: [], people: [admin.id] })).toBe(false);
  });

  it('nobody where the policy names nobody', () => {
    expect(mayReview(admin, 'per_other', { roles: [], people: [] })).toBe(false);
  });

  it('with the reason for the no, and one voice each', () => {
    expect(() => assertMayReview({ ...admin, role: 'member' }, 'per_other', ADMINS, [])).toThrow(code('not-allowed'));
    const own: PastReview = { reviewer_id: admin.id, verdict: 'approve' };
    expect(() => assertMayReview(admin, 'per_other', ADMINS, [own])).toThrow(code('already-reviewed'));
    const others: PastReview = { reviewer_id: 'per_third', verdict: 'approve' };
    expect(() => assertMayReview(admin, 'per_other', ADMINS, [others])).not.toThrow();
  });

  it('asserted and asked agree', () => {
    fc.assert(
      fc.property(reviewer, personId, reviewers, (who, requester, named) => {
        const assert = (): void => assertMayReview(who, requester, named, []);
        if (mayReview(who, requester, named)) expect(assert).not.toThrow();
        else expect(assert).toThrow();
      }),
    );
  });

  it('people may be left out of a policy, roles may not', () => {
    expect(reviewersSchema.parse({ roles: [] })).toEqual({ roles: [], people: [] });
    expect(reviewersSchema.safeParse({ people: ['a'] }).success).toBe(false);
  });
});

describe('how reviews add up', () => {
  it.each<[string, PastReview['verdict'][], number, string]>([
    ['none', [], 1, 'pending'],
    ['one of one', ['approve'], 1, 'approved'],
    ['one of two', ['approve'], 2, 'pending'],
    ['two of two', ['approve', 'approve'], 2, 'approved'],
    ['three of two', ['approve', 'approve', 'approve'], 2, 'approved'],
    ['a denial first', ['deny'], 2, 'denied'],
    ['a denial after approvals', ['approve', 'approve', 'deny'], 2, 'denied'],
    ['none of none', [], 0, 'pending'],
    ['one of none', ['approve'], 0, 'approved'],
    ['none of less than none', [], -1, 'pending'],
  ])('%s', (_, verdicts, required, outcome) => {
    const reviews = verdicts.map((verdict, index) => ({ reviewer_id: `p${index}`, verdict }));
    expect(outcomeOf(reviews, required)).toBe(outcome);
  });

  it('counts people, not clicks', () => {
    const twice: PastReview[] = [
      { reviewer_id: 'a', verdict: 'approve' },
      { reviewer_id: 'a', verdict: 'approve' },
    ];
    expect(outcomeOf(twice, 2)).toBe('pending');
  });

  it('does not ask in which order they came', () => {
    fc.assert(
      fc.property(
        fc.array(review),
        fc.integer({ min: 1, max: 4 }),
        fc.infiniteStream(fc.nat()),
        (list, required, dice) => {
          const shuffled = list
            .map((one) => [dice.next().value, one] as const)
            .toSorted(([a], [b]) => a - b)
            .map(([, one]) => one);
          expect(outcomeOf(shuffled, required)).toBe(outcomeOf(list, required));
        },
      ),
    );
  });

  it('never approves after a denial, nor with fewer people than it takes', () => {
    fc.assert(
      fc.property(fc.array(review), fc.integer({ min: 0, max: 5 }), (list, required) => {
        if (outcomeOf(list, required) !== 'approved') return;
        expect(list.every(({ verdict }) => verdict === 'approve')).toBe(true);
        expect(new Set(list.map(({ reviewer_id }) => reviewer_id)).size).toBeGreaterThanOrEqual(Math.max(1, required));
      }),
    );
  });
});

const asked: Terms = { entitlement: { kind: 'scope', scope_id: 'production' }, duration_seconds: 3_600 };

describe('what is given', () => {
  it('is what was asked, but for what a reviewer changed', () => {
    const entitlement = { kind: 'scope', scope_id: 'staging' } as const;
    expect(changeTerms(asked, {})).toEqual(asked);
    expect(changeTerms(asked, { entitlement: undefined, duration_seconds: undefined })).toEqual(asked);
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
    expect(modificationsOf(asked, { entitlement: { kind: 'role', role: 'admin' }, duration_seconds: 1 })).toEqual([
      'entitlement',
      'duration_seconds',
    ]);
    expect(modificationsOf(asked, { ...asked, entitlement: { kind: 'scope', scope_id: 'production' } })).toEqual([]);
  });

  it.each([
    [3_600, 3_600, true],
    [3_601, 3_600, false],
    [null, 3_600, false],
    [null, null, true],
  ])('stays under the ceiling of the policy: %s under %s', (duration_seconds, ceiling, may) => {
    const give = (): void => assertMayGive(admin, { ...asked, duration_seconds }, ceiling);
    if (may) expect(give).not.toThrow();
    else expect(give).toThrow(code('duration-too-long'));
  });

  it.each(ROLES.flatMap((own) => ROLES.map((role) => [own, role] as const)))(
    'a reviewer of role %s and the role %s: never more than their own, never ownership',
    (own, role) => {
      const terms: Terms = { entitlement: { kind: 'role', role }, duration_seconds: 60 };
      const give = (): void => assertMayGive({ ...admin, role: own }, terms, null);
      const may = role !== 'owner' && (own === 'owner' || own === 'admin');
      if (may) expect(give).not.toThrow();
      else expect(give).toThrow(code('beyond-reviewer-role'));
    },
  );

  it('says which field is at fault, and the ceiling', () => {
    expect(() => assertMayGive(admin, { ...asked, duration_seconds: 61 }, 60)).toThrow(
      expect.objectContaining({ field: 'duration_seconds', facts: { max_duration_seconds: 60 } }) as unknown as Error,
    );
    const terms: Terms = { entitlement: { kind: 'role', role: 'owner' }, duration_seconds: 60 };
    expect(() => assertMayGive(admin, terms, null)).toThrow(
      expect.objectContaining({ field: 'role' }) as unknown as Error,
    );
  });
});
