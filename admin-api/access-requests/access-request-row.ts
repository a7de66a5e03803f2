import type { DurationSeconds } from '../../core/access/duration.ts';
import { requestStatus, type RequestStatus } from '../../core/access/access-request.ts';
import type { Modification, Terms, TermsChange } from '../../core/access/review.ts';
import type { PastReview, Stage, Verdict } from '../../core/access/review-stages.ts';
import { entitlementFromColumns, type EntitlementColumns } from '../db/entitlement-columns.ts';

export interface AccessRequestRow extends EntitlementColumns {
  id: string;
  requester_id: string;
  reason: string;
  duration_seconds: DurationSeconds;
  status: RequestStatus;
  action: string | null;
  evaluation_id: string | null;
  denial_verified: boolean;
  /** When the refusal was, where a sidecar vouched for it. */
  denied_at: Date | null;
  return_to: string | null;
  stages: Stage[];
  max_duration_seconds: DurationSeconds;
  policy_reasons: string[];
  policy_revision: string;
  /** Requests that were submitted together. */
  bundle_id: string | null;
  starts_at: Date | null;
  until: Date | null;
  extends_grant_id: string | null;
  low_risk: boolean;
  reminded_at: Date | null;
  break_glass: boolean;
  break_glass_closed_at: Date | null;
  break_glass_closed_by: string | null;
  break_glass_justified: boolean | null;
  break_glass_note: string | null;
  given: Given | null;
  feed_revision: number | null;
  submitted_at: Date;
  /** Undecided by then, it has expired. */
  pending_until: Date;
  decided_at: Date | null;
}

export interface Given extends Terms {
  readonly modifications: readonly Modification[];
}

export interface ReviewRow {
  id: string;
  request_id: string;
  /** null: the policy itself. */
  reviewer_id: string | null;
  verdict: Verdict;
  stage: number;
  note: string | null;
  changes: TermsChange;
  created_at: Date;
}

export function statusAt(row: AccessRequestRow, nowMs: number): RequestStatus {
  return requestStatus({ status: row.status, pending_until: row.pending_until.getTime() }, nowMs);
}

export function askedTerms(row: AccessRequestRow): Terms {
  return {
    entitlement: entitlementFromColumns(row),
    starts_at: row.starts_at?.getTime() ?? null,
    duration_seconds: row.duration_seconds,
    until: row.until?.getTime() ?? null,
  };
}

export function pastReviews(reviews: readonly ReviewRow[]): PastReview[] {
  return reviews.map((review) => ({
    reviewer_id: review.reviewer_id ?? 'policy',
    verdict: review.verdict,
    stage: review.stage,
  }));
}
