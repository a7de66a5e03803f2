/** Header of every answer under /feed/v1: the control plane's clock while it answered, in milliseconds since the epoch. */
export const FEED_TIME_HEADER = 'hallpass-server-time';

/** @returns null for anything but one time */
export function readFeedTime(value: unknown): number | null {
  return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : null;
}
