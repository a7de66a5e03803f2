import type { DurationSeconds } from '../../core/access/duration.ts';
import type { Entitlement } from '../../core/access/grant.ts';
import { requestStatus, type RequestStatus } from '../../core/access/access-request.ts';
import type { Reviewers, Terms, Verdict } from '../../core/access/review.ts';
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
  return_to: string | null;
  approvals_required: number;
  reviewers: Reviewers;
  max_duration_seconds: DurationSeconds;
  policy_reasons: string[];
  policy_revision: string;
  given: Given | null;
  feed_revision: number | null;
  submitted_at: Date;
  /** Undecided by then, it has expired. */
  pending_until: Date;
  decided_at: Date | null;
}

export interface Given {
  readonly entitlement: Entitlement;
  readonly duration_seconds: DurationSeconds;
  readonly modifications: readonly ('entitlement' | 'duration_seconds')[];
}

export interface ReviewRow {
  id: string;
  request_id: string;
  /** null: the policy itself. */
  reviewer_id: string | null;
  verdict: Verdict;
  note: string | null;
  changes: { entitlement?: Entitlement; duration_seconds?: DurationSeconds };
  created_at: Date;
}

export function statusAt(row: AccessRequestRow, nowMs: number): RequestStatus {
  return requestStatus({ status: row.status, pending_until: row.pending_until.getTime() }, nowMs);
}

export function askedTerms(row: AccessRequestRow): Terms {
  return { entitlement: entitlementFromColumns(row), duration_seconds: row.duration_seconds };
}
