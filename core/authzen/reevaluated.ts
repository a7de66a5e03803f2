import type { ReasonCode } from '../access/reason-code.ts';
import type { Decision } from '../decision/decision.ts';
import type { ApprovalStanding, ReevaluationReason } from './approval.ts';

export type NextAction = 'request' | 'retry' | 'none';

interface Told {
  readonly reason: ReasonCode | ReevaluationReason;
  readonly approval?: { readonly id: string; readonly approved_until: string };
  readonly next_action?: NextAction;
  /** Seconds. */
  readonly retry_after?: number;
  /** Hallpass's own word for the denial, beside the profile's. */
  readonly 'hallpass.dev/reason'?: ReasonCode;
}

/**
 * What the answer to a re-evaluation says of the approval that was sent along (ARAP draft 1): up to when it holds, or what
 * to do now that it does not help.
 * @param isRequestable whether a new request would change anything
 */
export function reevaluated(
  { told, standing }: { readonly told: Decision; readonly standing: ApprovalStanding | null },
  isRequestable: boolean,
): Told {
  if (told.allow)
    return { reason: told.reason, ...(standing?.kind === 'applies' ? { approval: standing.approval } : {}) };
  // Nobody, or nothing, that the caller may know of.
  if (standing === null) return { reason: told.reason, next_action: 'none' };
  const own = { 'hallpass.dev/reason': told.reason } as const;
  if (standing.kind === 'applies') return { ...own, reason: 'policy_denied', next_action: 'none' };
  if (standing.kind === 'mismatch') return { ...own, reason: 'approval_unverifiable', next_action: 'none' };
  const { reason, retryAfterSeconds } = standing;
  if (retryAfterSeconds !== undefined) {
    return { ...own, reason, next_action: 'retry', retry_after: retryAfterSeconds };
  }
  const mayAskAgain = isRequestable && (reason === 'approval_expired' || reason === 'out_of_scope');
  return { ...own, reason, next_action: mayAskAgain ? 'request' : 'none' };
}
