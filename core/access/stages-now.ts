import type { PastReview, Stage } from './review-stages.ts';

/**
 * The stages that hold when the policy is asked again. Nobody has approved yet: today's answer, whole. Somebody has:
 * stages nobody has approved at follow today's answer; where approvals stand, today's reviewers give the missing ones
 * and the higher number of approvals counts, so that neither answer is got around; stages the policy has dropped since
 * stay. What was approved by whoever might then keeps counting.
 * @param stood the stages the request has
 * @param ruled the stages today's answer names
 */
export function stagesNow(
  stood: readonly Stage[],
  ruled: readonly Stage[],
  reviews: readonly PastReview[],
): readonly Stage[] {
  if (reviews.length === 0) return ruled;
  const isUnderWay = (index: number) => reviews.some((review) => review.stage === index);
  return Array.from({ length: Math.max(stood.length, ruled.length) }, (_, index) => {
    const then = stood[index];
    const now = ruled[index];
    if (now === undefined) return then as Stage;
    if (then === undefined || !isUnderWay(index)) return now;
    return { ...now, approvals_required: Math.max(then.approvals_required, now.approvals_required) };
  });
}

/** Whether two lists of stages ask the same of the same reviewers, whatever they are called and in whatever order they are named. */
export function areSameStages(a: readonly Stage[], b: readonly Stage[]): boolean {
  return a.length === b.length && a.every((stage, index) => stageKey(stage) === stageKey(b[index] as Stage));
}

function stageKey({ approvals_required, reviewers }: Stage): string {
  return JSON.stringify([
    approvals_required,
    reviewers.roles.toSorted(),
    reviewers.people.toSorted(),
    reviewers.scope_owners,
  ]);
}
