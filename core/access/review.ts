import { AccessError } from './errors.ts';
import { endOf, isWithinCeiling, lengthText, type DurationSeconds } from './duration.ts';
import { wholeLife, type Extension } from './extension.ts';
import { entitlementKey, type Entitlement } from './grant.ts';
import { isAtLeast, mayHandOut, type Role } from './role.ts';
import type { PastReview, Reviewers } from './review-stages.ts';

export interface Reviewer {
  readonly id: string;
  /** Role that counts now: base role and active role grants. */
  readonly role: Role;
  readonly disabled: boolean;
}

/**
 * Nobody reviews their own request (law 9); only Admins and the Owner review at all (R19); beyond that the
 * request policy says who. Being named in person, or owning the Scope, does not lift somebody above the Admin floor.
 * @param scopeOwners ids of the owners of the Scopes concerned
 */
export function mayReview(
  reviewer: Reviewer,
  requesterId: string,
  reviewers: Reviewers,
  scopeOwners: readonly string[],
): boolean {
  if (reviewer.disabled || reviewer.id === requesterId || !isAtLeast(reviewer.role, 'admin')) return false;
  return (
    reviewers.people.includes(reviewer.id) ||
    reviewers.roles.includes(reviewer.role) ||
    (reviewers.scope_owners && scopeOwners.includes(reviewer.id))
  );
}

/**
 * Nobody about their own request, and everybody once.
 * @throws AccessError `self-review`, `already-reviewed`
 */
export function assertOwnVoice(reviewer: Reviewer, requesterId: string, past: readonly PastReview[]): void {
  if (reviewer.id === requesterId) {
    throw new AccessError('self-review', 'Nobody reviews their own request. Ask another Admin or the Owner.');
  }
  if (past.some((review) => review.reviewer_id === reviewer.id)) {
    throw new AccessError('already-reviewed', 'You have reviewed this request already; it waits for somebody else.');
  }
}

/**
 * The same as `mayReview`, with the reason for the no, and one voice per reviewer.
 * @throws AccessError `self-review`, `not-allowed`, `already-reviewed`
 */
export function assertMayReview(
  reviewer: Reviewer,
  requesterId: string,
  reviewers: Reviewers,
  scopeOwners: readonly string[],
  past: readonly PastReview[],
): void {
  assertOwnVoice(reviewer, requesterId, past);
  if (!mayReview(reviewer, requesterId, reviewers, scopeOwners)) {
    throw new AccessError('not-allowed', 'Only the reviewers that the request policy names may decide this request.', {
      facts: { reviewers: reviewers.roles },
    });
  }
}

/**
 * What will be given: the thing, from when and for how long. A length is either a duration or a fixed end, so where
 * `until` is set `duration_seconds` is null; both null is permanent.
 */
export interface Terms {
  readonly entitlement: Entitlement;
  /** Milliseconds since the Unix epoch; null, or past by the time of approval: at approval (law 4). */
  readonly starts_at: number | null;
  readonly duration_seconds: DurationSeconds;
  /** Milliseconds since the Unix epoch. */
  readonly until: number | null;
}

export interface TermsChange {
  readonly entitlement?: Entitlement | undefined;
  readonly starts_at?: number | null | undefined;
  readonly duration_seconds?: DurationSeconds | undefined;
  readonly until?: number | undefined;
}

/** A reviewer's changes laid over what stands so far. `undefined` leaves a term alone; a duration of null is permanent. */
export function changeTerms(current: Terms, change: TermsChange): Terms {
  const { duration_seconds: duration, until } = change;
  const length =
    until !== undefined
      ? { duration_seconds: null, until }
      : duration !== undefined
        ? { duration_seconds: duration, until: null }
        : { duration_seconds: current.duration_seconds, until: current.until };
  return {
    entitlement: change.entitlement ?? current.entitlement,
    starts_at: change.starts_at === undefined ? current.starts_at : change.starts_at,
    ...length,
  };
}

/** When terms approved now begin and end, in milliseconds; an end of null is permanent. */
export function periodOf(
  terms: Terms,
  nowMs: number,
): { readonly starts_at: number; readonly expires_at: number | null } {
  const startsAt = Math.max(nowMs, terms.starts_at ?? nowMs);
  return { starts_at: startsAt, expires_at: terms.until ?? endOf(startsAt, terms.duration_seconds) };
}

/**
 * The length that ceilings and policies speak of, in whole seconds, rounded up so that no fraction slips past a ceiling.
 * @param extension the grant that is to last longer: while it lasts, the length is its whole life
 * @throws AccessError `invalid-value` for an end that is not after its beginning, or not after the present end
 */
export function lengthOf(terms: Terms, nowMs: number, extension: Extension | null = null): DurationSeconds {
  if (extension !== null && extension.expires_at > nowMs) return wholeLife(extension, terms);
  if (terms.until === null) return terms.duration_seconds;
  const { starts_at: startsAt } = periodOf(terms, nowMs);
  if (terms.until <= startsAt) {
    throw new AccessError('invalid-value', 'The end lies before the beginning, or in the past. Choose a later end.', {
      field: 'until',
    });
  }
  return Math.ceil((terms.until - startsAt) / 1000);
}

/**
 * What an approval must respect, whoever gives it.
 * @throws AccessError `duration-too-long`, `beyond-reviewer-role`, `invalid-value`
 */
export function assertMayGive(
  reviewer: Reviewer,
  terms: Terms,
  ceiling: DurationSeconds,
  nowMs: number,
  extension: Extension | null = null,
): void {
  if (ceiling !== null && !isWithinCeiling(lengthOf(terms, nowMs, extension), ceiling)) {
    throw new AccessError('duration-too-long', `The request policy allows ${lengthText(ceiling)} at the most.`, {
      field: terms.until === null ? 'duration_seconds' : 'until',
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

export const MODIFICATIONS = ['entitlement', 'duration_seconds', 'starts_at'] as const;
export type Modification = (typeof MODIFICATIONS)[number];

/** Which terms differ from what was asked, for the audit: asked-for beside granted (law 10). A fixed end is a length too. */
export function modificationsOf(asked: Terms, given: Terms): Modification[] {
  const changed: Modification[] = [];
  if (entitlementKey(asked.entitlement) !== entitlementKey(given.entitlement)) changed.push('entitlement');
  if (asked.duration_seconds !== given.duration_seconds || asked.until !== given.until) {
    changed.push('duration_seconds');
  }
  if (asked.starts_at !== given.starts_at) changed.push('starts_at');
  return changed;
}
