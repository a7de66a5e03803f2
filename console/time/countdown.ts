const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;
const SHORT_GRANT_MS = 2 * HOUR_MS;

/**
 * What is left until an end, for people. Rounded up to whole seconds, so that 00:00 is shown at the end and not before it.
 * Minutes and seconds within the last hour, then hours and minutes, then days and hours.
 */
export function formatCountdown(remainingMs: number): string {
  const seconds = Math.max(0, Math.ceil(remainingMs / SECOND_MS));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  if (days > 0) return `${days} d ${hours % 24} h`;
  if (hours > 0) return `${hours} h ${String(minutes % 60).padStart(2, '0')} min`;
  return `${String(minutes).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
}

/**
 * Whether a grant is about to end: in its last hour, or, of grants shorter than two hours, in their second half.
 * The same moment at which its holder is warned.
 */
export function endsSoon(startsAtMs: number, expiresAtMs: number, nowMs: number): boolean {
  const lengthMs = expiresAtMs - startsAtMs;
  const leadMs = lengthMs < SHORT_GRANT_MS ? lengthMs / 2 : HOUR_MS;
  return nowMs < expiresAtMs && expiresAtMs - nowMs <= leadMs;
}

/** The share of a grant's time that is left, 0 to 1. */
export function shareLeft(startsAtMs: number, expiresAtMs: number, nowMs: number): number {
  const lengthMs = expiresAtMs - startsAtMs;
  if (lengthMs <= 0) return 0;
  return Math.min(1, Math.max(0, (expiresAtMs - nowMs) / lengthMs));
}
