import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import {
  approvalsRequired,
  currentStage,
  outcomeOf,
  stageProgress,
  stageSchema,
  type PastReview,
  type Stage,
} from '../../../core/access/review-stages.ts';
import { areSameStages, stagesNow } from '../../../core/access/stages-now.ts';
import type { Role } from '../../../core/access/role.ts';

const stage = (approvals_required: number, roles: Role[] = ['admin', 'owner']): Stage => ({
  name: 'Review',
  approvals_required,
  reviewers: { roles, people: [], scope_owners: false },
});
const approval = (reviewer_id: string, at = 0): PastReview => ({ reviewer_id, verdict: 'approve', stage: at });

const anyStage = fc
  .record({ approvals: fc.integer({ min: 1, max: 3 }), roles: fc.subarray<Role>(['admin', 'owner']) })
  .map(({ approvals, roles }) => stage(approvals, roles));
const stages = fc.array(anyStage, { minLength: 1, maxLength: 3 });
const review: fc.Arbitrary<PastReview> = fc.record({
  reviewer_id: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  verdict: fc.constantFrom('approve' as const, 'approve' as const, 'approve' as const, 'deny' as const),
  stage: fc.integer({ min: 0, max: 3 }),
});

/** Approvals as the control plane takes them: each at the stage that is asked then, by somebody who has not spoken yet. */
function takeApprovals(of: readonly Stage[], count: number): PastReview[] {
  const taken: PastReview[] = [];
  for (let voice = 0; voice < count; voice += 1) {
    const at = currentStage(of, taken);
    if (at === null) break;
    taken.push(approval(`p${voice}`, at));
  }
  return taken;
}

describe('how reviews of one stage add up', () => {
  it.each<[string, PastReview['verdict'][], number, string]>([
    ['none', [], 1, 'pending'],
    ['one of one', ['approve'], 1, 'approved'],
    ['one of two', ['approve'], 2, 'pending'],
    ['two of two', ['approve', 'approve'], 2, 'approved'],
    ['three of two', ['approve', 'approve', 'approve'], 2, 'approved'],
    ['a denial first', ['deny'], 2, 'denied'],
    ['a denial after approvals', ['approve', 'approve', 'deny'], 2, 'denied'],
  ])('%s', (_, verdicts, required, outcome) => {
    const reviews = verdicts.map((verdict, index) => ({ reviewer_id: `p${index}`, verdict, stage: 0 }));
    expect(outcomeOf([stage(required)], reviews)).toBe(outcome);
  });

  it('counts people, not clicks', () => {
    expect(outcomeOf([stage(2)], [approval('a'), approval('a')])).toBe('pending');
  });

  it('approves nothing where there are no stages', () => {
    expect(outcomeOf([], [approval('a')])).toBe('pending');
  });

  it('takes no stage that asks for nobody', () => {
    expect(stageSchema.safeParse(stage(0)).success).toBe(false);
    expect(stageSchema.safeParse(stage(1)).success).toBe(true);
  });
});

describe('stages in order', () => {
  const three = [stage(1), stage(2, ['owner']), stage(1)];

  it('are asked one after the other', () => {
    expect(currentStage(three, [])).toBe(0);
    expect(currentStage(three, [approval('a')])).toBe(1);
    expect(currentStage(three, [approval('a'), approval('b', 1)])).toBe(1);
    expect(currentStage(three, [approval('a'), approval('b', 1), approval('c', 1)])).toBe(2);
    const all = [approval('a'), approval('b', 1), approval('c', 1), approval('d', 2)];
    expect(currentStage(three, all)).toBeNull();
    expect(outcomeOf(three, all)).toBe('approved');
  });

  it('show how far each has come', () => {
    const progress = stageProgress(three, [approval('a'), approval('b', 1)]);
    expect(progress.map(({ approvals, state }) => [approvals, state])).toEqual([
      [1, 'done'],
      [1, 'current'],
      [0, 'waiting'],
    ]);
    expect(approvalsRequired(three)).toBe(4);
  });

  it('do not borrow approvals from one another', () => {
    const early = [approval('a', 1), approval('b', 1), approval('c', 2)];
    expect(currentStage(three, early)).toBe(0);
    expect(stageProgress(three, early)[1]?.state).toBe('waiting');
    expect(outcomeOf(three, early)).toBe('pending');
  });

  it('have at most one that is current, behind those that are done and before those that wait', () => {
    fc.assert(
      fc.property(stages, fc.array(review), (list, reviews) => {
        const states = stageProgress(list, reviews).map(({ state }) => state);
        const rank = { done: 0, current: 1, waiting: 2 };
        expect(states).toEqual(states.toSorted((a, b) => rank[a] - rank[b]));
        expect(states.filter((state) => state === 'current').length).toBe(currentStage(list, reviews) === null ? 0 : 1);
      }),
    );
  });

  it('do not ask in which order reviews came', () => {
    fc.assert(
      fc.property(stages, fc.array(review), fc.infiniteStream(fc.nat()), (list, reviews, dice) => {
        const shuffled = reviews
          .map((one) => [dice.next().value, one] as const)
          .toSorted(([a], [b]) => a - b)
          .map(([, one]) => one);
        expect(outcomeOf(list, shuffled)).toBe(outcomeOf(list, reviews));
      }),
    );
  });

  it('never approve after a denial, nor with a stage short of people', () => {
    fc.assert(
      fc.property(stages, fc.array(review), (list, reviews) => {
        if (outcomeOf(list, reviews) !== 'approved') return;
        expect(reviews.every(({ verdict }) => verdict === 'approve')).toBe(true);
        for (const [index, one] of list.entries()) {
          const voices = new Set(reviews.filter((given) => given.stage === index).map((given) => given.reviewer_id));
          expect(voices.size).toBeGreaterThanOrEqual(one.approvals_required);
        }
      }),
    );
  });

  it('take exactly the approvals they ask for, by different people', () => {
    fc.assert(
      fc.property(stages, (list) => {
        const needed = approvalsRequired(list);
        expect(outcomeOf(list, takeApprovals(list, needed))).toBe('approved');
        expect(outcomeOf(list, takeApprovals(list, needed - 1))).toBe('pending');
      }),
    );
  });
});

describe('a policy that says something else by the time of approval', () => {
  it('rules alone while nobody has approved', () => {
    fc.assert(
      fc.property(stages, stages, (stood, ruled) => {
        expect(stagesNow(stood, ruled, [])).toEqual(ruled);
      }),
    );
  });

  it('lets the higher number count where approvals stand, of those it names now', () => {
    const stood = [stage(2), stage(1)];
    expect(stagesNow(stood, [stage(3, ['owner'])], [approval('a')])).toEqual([stage(3, ['owner']), stage(1)]);
    expect(stagesNow(stood, [stage(1, ['owner'])], [approval('a')])).toEqual([stage(2, ['owner']), stage(1)]);
    expect(stagesNow(stood, [stage(2), stage(3, ['owner'])], [approval('a')])).toEqual([stage(2), stage(3, ['owner'])]);
  });

  it('can ask again at a stage that was done', () => {
    const now = stagesNow([stage(1), stage(1)], [stage(2), stage(1)], [approval('a')]);
    expect(currentStage(now, [approval('a')])).toBe(0);
  });

  it('never leads past what it asks for, nor leaves a pending request without a stage to review', () => {
    fc.assert(
      fc.property(stages, stages, fc.integer({ min: 0, max: 9 }), (stood, ruled, count) => {
        const reviews = takeApprovals(stood, count);
        fc.pre(currentStage(stood, reviews) !== null);
        const now = stagesNow(stood, ruled, reviews);
        const at = currentStage(now, reviews);
        expect(at).not.toBeNull();
        for (const [index, one] of ruled.entries()) {
          expect(now[index]?.approvals_required).toBeGreaterThanOrEqual(one.approvals_required);
          expect(now[index]?.reviewers).toEqual(one.reviewers);
        }
        if (reviews.length > 0) expect(now.length).toBeGreaterThanOrEqual(stood.length);
      }),
    );
  });

  it('is told from one that says the same in another order', () => {
    const named = (people: string[], name = 'Review'): Stage[] => [
      { ...stage(1), name, reviewers: { roles: ['owner', 'admin'], people, scope_owners: false } },
    ];
    expect(areSameStages(named(['a', 'b']), named(['b', 'a'], 'Security'))).toBe(true);
    expect(areSameStages(named(['a']), named(['b']))).toBe(false);
    expect(areSameStages([stage(1)], [stage(1), stage(1)])).toBe(false);
    expect(areSameStages([stage(1)], [stage(2)])).toBe(false);
  });
});
