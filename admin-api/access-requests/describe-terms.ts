import type { DurationSeconds } from '../../core/access/duration.ts';
import type { Entitlement } from '../../core/access/grant.ts';
import type { Terms } from '../../core/access/review.ts';

/** Terms as the audit keeps them and the API shows them: times in RFC 3339. */
export interface DescribedTerms {
  readonly entitlement: Entitlement;
  readonly starts_at: string | null;
  readonly duration_seconds: DurationSeconds;
  readonly until: string | null;
}

export function describeTerms(terms: Terms): DescribedTerms {
  return {
    entitlement: terms.entitlement,
    starts_at: timeText(terms.starts_at),
    duration_seconds: terms.duration_seconds,
    until: timeText(terms.until),
  };
}

function timeText(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
