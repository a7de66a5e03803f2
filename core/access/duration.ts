import { z } from 'zod';

/** Ten years. Longer than any review can foresee; whoever needs more asks for `permanent`. */
export const MAX_DURATION_SECONDS = 315_360_000;

/** Seconds; null stands for permanent. */
export const durationSecondsSchema = z.int().min(1).max(MAX_DURATION_SECONDS).nullable();
export type DurationSeconds = z.infer<typeof durationSecondsSchema>;

/** How far ahead a start may be asked for: 90 days. People and their duties change faster than that. */
export const MAX_START_AHEAD_MS = 7_776_000_000;

/** The choices of the request form, shortest first (R13). */
export const DURATION_PRESETS: readonly { readonly label: string; readonly seconds: DurationSeconds }[] = [
  { label: '1 hour', seconds: 3_600 },
  { label: '4 hours', seconds: 14_400 },
  { label: '1 day', seconds: 86_400 },
  { label: '1 week', seconds: 604_800 },
  { label: 'Permanent', seconds: null },
];

const UNITS: readonly (readonly [number, string])[] = [
  [604_800, 'week'],
  [86_400, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
];

/** `8 hours`, in the largest unit that divides it. @param seconds a whole number, at least 1 */
export function lengthText(seconds: number): string {
  const [size, name] = UNITS.find(([unit]) => seconds % unit === 0) ?? [1, 'second'];
  return `${seconds / size} ${name}${seconds === size ? '' : 's'}`;
}

/** Whether `asked` fits under `ceiling`, where null means permanent for the one and no ceiling for the other. */
export function isWithinCeiling(asked: DurationSeconds, ceiling: DurationSeconds): boolean {
  if (ceiling === null) return true;
  return asked !== null && asked <= ceiling;
}

export function endOf(startMs: number, duration: DurationSeconds): number | null {
  return duration === null ? null : startMs + duration * 1000;
}
