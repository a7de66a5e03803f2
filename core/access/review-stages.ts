import { z } from 'zod';
import { roleSchema } from './role.ts';

/** Who may review at one stage: anybody of these roles, exactly these people, or the owners of the Scope concerned. */
export const reviewersSchema = z.object({
  roles: z.array(roleSchema).max(4),
  /** Ids of people; in a policy's answer also email addresses. */
  people: z.array(z.string().max(320)).max(100).default([]),
  scope_owners: z.boolean().default(false),
});
export type Reviewers = z.infer<typeof reviewersSchema>;

export const stageSchema = z.object({
  /** For people: "Security", "Team lead". */
  name: z.string().min(1).max(100),
  approvals_required: z.int().min(1).max(20),
  reviewers: reviewersSchema,
});
export type Stage = z.infer<typeof stageSchema>;

export type Verdict = 'approve' | 'deny';

export interface PastReview {
  readonly reviewer_id: string;
  readonly verdict: Verdict;
  /** Index of the stage it was given at. */
  readonly stage: number;
}

export interface StageProgress extends Stage {
  readonly approvals: number;
  readonly state: 'done' | 'current' | 'waiting';
}

/** How far a request has come; stages are taken in order, and an approval counts only for the stage it was given at. */
export function stageProgress(stages: readonly Stage[], reviews: readonly PastReview[]): StageProgress[] {
  let isOpen = true;
  return stages.map((stage, index) => {
    const approvers = reviews.filter((review) => review.stage === index && review.verdict === 'approve');
    const approvals = new Set(approvers.map((review) => review.reviewer_id)).size;
    const isDone = isOpen && approvals >= stage.approvals_required;
    const state = isDone ? 'done' : isOpen ? 'current' : 'waiting';
    isOpen = isDone;
    return { ...stage, approvals, state };
  });
}

/** Index of the stage that is asked now; null when all are done. */
export function currentStage(stages: readonly Stage[], reviews: readonly PastReview[]): number | null {
  const index = stageProgress(stages, reviews).findIndex((stage) => stage.state === 'current');
  return index === -1 ? null : index;
}

/** One denial ends it; otherwise it takes every stage's approvals by different people. No stages at all approve nothing. */
export function outcomeOf(stages: readonly Stage[], reviews: readonly PastReview[]): 'pending' | 'approved' | 'denied' {
  if (reviews.some((review) => review.verdict === 'deny')) return 'denied';
  return stages.length > 0 && currentStage(stages, reviews) === null ? 'approved' : 'pending';
}

/** Approvals by different people over all stages: one person has one voice per request. */
export function approvalsRequired(stages: readonly Stage[]): number {
  return stages.reduce((sum, stage) => sum + stage.approvals_required, 0);
}
