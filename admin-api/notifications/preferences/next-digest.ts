import { DateTime, IANAZone } from 'luxon';

export const DIGEST_MODES = ['at-once', 'hourly', 'daily'] as const;
export type DigestMode = (typeof DIGEST_MODES)[number];

export interface Digest {
  readonly mode: DigestMode;
  /** 0 to 23, by the clock on the wall; counts for `daily`. */
  readonly at_hour: number;
  /** IANA name. */
  readonly time_zone: string;
}

export function isTimeZone(name: string): boolean {
  return name === 'UTC' || (/^[A-Za-z]/.test(name) && IANAZone.isValidZone(name));
}

/**
 * When what happens now is told: the next full hour, or the next time the wall clock shows the hour. An hour that a
 * change to summer time skips counts as the first moment after it; one that comes twice is the first of the two.
 * @returns milliseconds since the Unix epoch, after `nowMs`; `nowMs` itself for `at-once`
 */
export function nextDigest(digest: Digest, nowMs: number): number {
  const now = DateTime.fromMillis(nowMs, { zone: digest.time_zone });
  if (digest.mode === 'at-once') return nowMs;
  if (digest.mode === 'hourly') return now.startOf('hour').plus({ hours: 1 }).toMillis();
  const today = atHour(now, digest.at_hour);
  return today > nowMs ? today : atHour(now.startOf('day').plus({ days: 1 }), digest.at_hour);
}

/** The first instant of that day whose wall clock has come to the hour. */
function atHour(day: DateTime, hour: number): number {
  const at = day.startOf('day').set({ hour });
  const before = at.minus({ hours: 1 });
  return before.hour === at.hour && before.day === at.day ? before.toMillis() : at.toMillis();
}
