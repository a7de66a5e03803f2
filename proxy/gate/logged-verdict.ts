import type { LoggedDecision, SpanIds } from './decision-log.ts';
import type { Verdict } from './verdict.ts';

/** A verdict as the decision log has it: the true reason and resource, also where the caller is told another. */
export function loggedVerdict(
  verdict: Verdict,
  via: LoggedDecision['via'],
  durationMs: number,
  span?: SpanIds,
): LoggedDecision {
  const { decision } = verdict;
  return {
    decision,
    reason: verdict.allowed ? decision.reason : verdict.loggedReason,
    subject: verdict.subject?.id ?? null,
    resource: verdict.allowed ? verdict.standing.resourceKey : verdict.loggedResource,
    action: verdict.allowed ? verdict.standing.action.name : verdict.action,
    via,
    durationMs,
    span,
  };
}
