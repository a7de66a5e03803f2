const SHORT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const PRECISE = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const EXACT = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'long' });
const RELATIVE = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });

const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

export type TimePrecision = 'minute' | 'second';

/** In the person's zone and language. */
export function formatTime(time: string, precision: TimePrecision = 'minute'): string {
  return (precision === 'minute' ? SHORT : PRECISE).format(new Date(time));
}

/** With seconds and zone, and as the server wrote it. */
export function formatExactTime(time: string): string {
  return `${EXACT.format(new Date(time))} (${time})`;
}

/** `3 minutes ago`; null beyond a week, where a date says more. */
export function formatRelativeTime(time: string, nowMs: number): string | null {
  const seconds = Math.round((Date.parse(time) - nowMs) / 1_000);
  if (Math.abs(seconds) > 7 * 86_400) return null;
  for (const [unit, size] of STEPS) {
    if (Math.abs(seconds) >= size) return RELATIVE.format(Math.trunc(seconds / size), unit);
  }
  return seconds > 0 ? 'in a moment' : 'just now';
}
