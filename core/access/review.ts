import { z } from 'zod';
import { AccessError } from './errors.ts';
import { isWithinCeiling, type DurationSeconds } from './duration.ts';
import { entitlementKey, type Entitlement } from './grant.ts';
import { isAtLeast, mayHandOut, roleSchema, type Role } from './role.ts';

/** Who the request policy names as reviewers: anybody of these roles, or exactly these people. */
export const reviewersSchema = z.object({
  roles: z.array(roleSchema),
  people: z.array(z.string()).default([]),
});
export type Reviewers = z.infer<typeof reviewersSchema>;

export type Verdict = 'approve' | 'deny';

export interface PastReview {
  readonly reviewer_id: string;
  readonly verdict: Verdict;
}

export interface Reviewer {
  readonly id: string;
  /** Role that counts now: base role and active role grants. */
  readonly role: Role;
  readonly disabled: boolean;
}

/**
 * Nobody reviews their own request (law 9); only Admins and the Owner review at all (R19); beyond that the
 * request policy says who. Being named in person does not lift somebody above the Admin floor.
 */
export function mayReview(reviewer: Reviewer, requesterId: string, reviewers: Reviewers): boolean {
  if (reviewer.disabled || reviewer.id === requesterId || !isAtLeast(reviewer.role, 'admin')) return false;
  return reviewers.people.includes(reviewer.id) || reviewers.roles.includes(reviewer.role);
}

/**
 * The same as `mayReview`, with the reason for the no, and one voice per reviewer.
 * @throws AccessError `self-review`, `not-allowed`, `already-reviewed`
 */
export function assertMayReview(
  reviewer: Reviewer,
  requesterId: string,
  reviewers: Reviewers,
  past: readonly PastReview[],
): void {
  if (reviewer.id === requesterId) {
    throw new AccessError('self-review', 'Nobody reviews their own request. Ask another Admin or the Owner.');
  }
  if (!mayReview(reviewer, requesterId, reviewers)) {
    throw new AccessError('not-allowed', 'Only the reviewers that the request policy names may decide this request.', {
      facts: { reviewers: reviewers.roles },
    });
  }
  if (past.some((review) => review.reviewer_id === reviewer.id)) {
    throw new AccessError('already-reviewed', 'You have reviewed this request already; it waits for somebody else.');
  }
}

/** One denial ends it; otherwise it takes `approvalsRequired` approvals by different people. */
export function outcomeOf(
  reviews: readonly PastReview[],
  approvalsRequired: number,
): 'pending' | 'approved' | 'denied' {
  if (reviews.some((review) => review.verdict === 'deny')) return 'denied';
  const approvers = new Set(reviews.map((review) => review.reviewer_id));
  return approvers.size >= Math.max(1, approvalsRequired) ? 'approved' : 'pending';
}

/** What will be given: the thing and for how long. Starts at approval. */
export interface Terms {
  readonly entitlement: Entitlement;
  readonly duration_seconds: DurationSeconds;
}

export interface TermsChange {
  readonly entitlement?: Entitlement | undefined;
  readonly duration_seconds?: DurationSeconds | undefined;
}

/** A reviewer's changes laid over what stands so far. `undefined` leaves a term alone; a duration of null is permanent. */
export function changeTerms(current: Terms, change: TermsChange): Terms {
  return {
    entitlement: change.entitlement ?? current.entitlement,
    duration_seconds: change.duration_seconds === undefined ? current.duration_seconds : change.duration_seconds,
  };
}

/**
 * What an approval must respect, whoever gives it.
 * @throws AccessError `duration-too-long`, `beyond-reviewer-role`
 */
export function assertMayGive(reviewer: Reviewer, terms: Terms, ceiling: DurationSeconds): void {
  if (!isWithinCeiling(terms.duration_seconds, ceiling)) {
    throw new AccessError('duration-too-long', `The request policy allows ${ceiling} seconds at the most.`, {
      field: 'duration_seconds',
      facts: { max_duration_seconds: ceiling },
    });
  }
  if (terms.entitlement.kind === 'role' && !mayHandOut(reviewer.role, terms.entitlement.role)) {
    throw new AccessError(
      'beyond-reviewer-role',
      `A reviewer of role ${reviewer.role} can't give ${entitlementKey(terms.entitlement)}.`,
      {
        field: 'role',
      },
    );
  }
}

/** Which terms differ from what was asked, for the audit: asked-for beside granted (law 10). */
export function modificationsOf(asked: Terms, given: Terms): ('entitlement' | 'duration_seconds')[] {
  const changed: ('entitlement' | 'duration_seconds')[] = [];
  if (entitlementKey(asked.entitlement) !== entitlementKey(given.entitlement)) changed.push('entitlement');
  if (asked.duration_seconds !== given.duration_seconds) changed.push('duration_seconds');
  return changed;
}
