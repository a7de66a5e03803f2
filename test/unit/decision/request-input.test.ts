import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { readRequestAnswer, requestAnswerSchema, stagesOf } from '../../../core/decision/request-input.ts';

const good = {
  requestable: true,
  approvals_required: 2,
  reviewers: { roles: ['admin', 'owner'], people: ['per_1'] },
  auto_approve: false,
  max_duration_seconds: 3_600,
  reasons: ['Production takes two approvals.'],
};

describe('the answer of the request policy', () => {
  it('is taken when it is whole', () => {
    expect(readRequestAnswer(good)).toEqual({
      ...good,
      reviewers: { ...good.reviewers, scope_owners: false },
      break_glass: { allowed: false, max_duration_seconds: 3_600 },
      reason_prompt: null,
      reason_pattern: null,
      low_risk: false,
    });
    expect(readRequestAnswer({ ...good, max_duration_seconds: null })).toMatchObject({ max_duration_seconds: null });
  });

  const missing = Object.keys(good).map((name) => [
    name,
    Object.fromEntries(Object.entries(good).filter(([key]) => key !== name)),
  ]);
  it.each(missing as [string, object][])('without %s means that it can not be asked for', (_, raw) => {
    expect(readRequestAnswer(raw)).toMatchObject({ requestable: false, auto_approve: false });
  });

  it.each([
    { requestable: 'true' },
    { approvals_required: 0 },
    { approvals_required: 1.5 },
    { approvals_required: 21 },
    { reviewers: { roles: ['god'] } },
    { reviewers: ['admin'] },
    { auto_approve: 1 },
    { max_duration_seconds: 0 },
    { max_duration_seconds: '3600' },
    { reasons: 'none' },
    { stages: [] },
    { stages: [{ name: '', approvals_required: 1, reviewers: { roles: ['admin'] } }] },
    { stages: [{ name: 'One', approvals_required: 0, reviewers: { roles: ['admin'] } }] },
    { break_glass: true },
    { break_glass: { allowed: true, max_duration_seconds: 86_401 } },
    { reason_pattern: '^INC' },
    { low_risk: 'yes' },
  ])('with %j means that it can not be asked for', (wrong) => {
    expect(readRequestAnswer({ ...good, ...wrong })).toMatchObject({ requestable: false, auto_approve: false });
  });

  it('names its stages, or is one stage by itself', () => {
    expect(stagesOf(readRequestAnswer(good))).toEqual([
      { name: 'Review', approvals_required: 2, reviewers: { ...good.reviewers, scope_owners: false } },
    ]);
    const stages = [
      { name: 'Security', approvals_required: 3, reviewers: { roles: ['owner'], people: [], scope_owners: true } },
    ];
    expect(stagesOf(readRequestAnswer({ ...good, approvals_required: 30, stages }))).toEqual(stages);
  });

  it('that is garbage gives nobody a way in, and stays readable by whoever shows it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (raw) => {
        const answer = readRequestAnswer(raw);
        expect(answer).toMatchObject({ requestable: false, auto_approve: false, reviewers: { roles: [], people: [] } });
        expect(requestAnswerSchema.safeParse(answer).success).toBe(true);
        expect(answer.reasons).toHaveLength(1);
      }),
    );
    expect(readRequestAnswer(undefined).requestable).toBe(false);
  });
});
