import type { Terms } from '../../core/access/review.ts';

/** Terms as the audit log keeps them: times in RFC 3339, for whoever reads it in ten years. */
export function readableTerms(terms: Terms): Record<string, unknown> {
  return {
    entitlement: terms.entitlement,
    starts_at: terms.starts_at === null ? null : new Date(terms.starts_at).toISOString(),
    duration_seconds: terms.duration_seconds,
    until: terms.until === null ? null : new Date(terms.until).toISOString(),
  };
}
