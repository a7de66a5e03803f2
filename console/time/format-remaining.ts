import { formatDuration } from './format-duration.ts';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;

/** A stretch of time for a sentence, in its two largest units: `3 hours 20 minutes`, `2 days 4 hours`, `less than a minute`. */
export function formatRemaining(ms: number): string {
  const minutes = Math.round(ms / MINUTE_MS);
  if (minutes < 1) return 'less than a minute';
  // A day more or less does not matter where it is many; minutes don't once there are days.
  const kept = minutes < DAY_MINUTES ? minutes : Math.round(minutes / 60) * 60;
  return formatDuration(kept * 60);
}
