import { lengthText } from '../../core/access/duration.ts';
import type { Terms } from '../../core/access/review.ts';

/** `For 4 hours`, `Until 2026-11-24T18:00:00.000Z, from 2026-11-24T08:00:00.000Z`, `Permanently`. */
export function termsText({ duration_seconds: seconds, until, starts_at }: Omit<Terms, 'entitlement'>): string {
  const length =
    until !== null ? `Until ${timeText(until)}` : seconds === null ? 'Permanently' : `For ${lengthText(seconds)}`;
  return starts_at === null ? length : `${length}, from ${timeText(starts_at)}`;
}

export function timeText(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
