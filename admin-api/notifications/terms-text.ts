import type { Terms } from '../../core/access/review.ts';

const UNITS: readonly (readonly [number, string])[] = [
  [604_800, 'week'],
  [86_400, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
];

/** `For 4 hours`, `Until 2026-11-24T18:00:00.000Z, from 2026-11-24T08:00:00.000Z`, `Permanently`. */
export function termsText({ duration_seconds: seconds, until, starts_at }: Omit<Terms, 'entitlement'>): string {
  const length = until !== null ? `Until ${timeText(until)}` : seconds === null ? 'Permanently' : lengthText(seconds);
  return starts_at === null ? length : `${length}, from ${timeText(starts_at)}`;
}

function lengthText(seconds: number): string {
  const [size, name] = UNITS.find(([unit]) => seconds % unit === 0) as readonly [number, string];
  return `For ${seconds / size} ${name}${seconds === size ? '' : 's'}`;
}

export function timeText(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
