import { REQUEST_STATUSES, type RequestStatus } from './access-request.ts';

/**
 * Statuses of a task of the Access Request and Approval Profile. `failed` is in the profile and not here: what goes wrong
 * while a request is filed or decided leaves it as it was.
 */
export const TASK_STATUSES = [...REQUEST_STATUSES, 'partial'] as const;
export type TaskStatus = (typeof TASK_STATUSES)[number];

/** Of several items: pending while one is, then what all became, else `partial` (ARAP draft 1, "Response Items and Aggregation"). */
export function taskStatus(items: readonly RequestStatus[]): TaskStatus {
  if (items.includes('pending')) return 'pending';
  const [first, ...others] = new Set(items);
  if (first === undefined) throw new RangeError('A task has one item at the least.');
  return others.length === 0 ? first : 'partial';
}

export interface ItemTimes {
  readonly status: RequestStatus;
  /** Milliseconds since the Unix epoch, like the others. */
  readonly pending_until: number;
  readonly decided_at: number | null;
}

/**
 * `task.expires_at`: while it is pending, when it stops being so by itself; from then on, how long the task can be read.
 */
export function taskExpiry(items: readonly ItemTimes[], retentionMs: number): number {
  const pending = items.filter(({ status }) => status === 'pending').map((item) => item.pending_until);
  if (pending.length > 0) return Math.max(...pending);
  return Math.max(...items.map((item) => item.decided_at ?? item.pending_until)) + retentionMs;
}

const POLL_MAX_SECONDS = 60;

/** When to ask again: soon after the submission, then ever more seldom, and once a minute in the end. */
export function pollAfterSeconds(ageMs: number, minSeconds: number): number {
  return Math.max(minSeconds, Math.min(POLL_MAX_SECONDS, Math.floor(ageMs / 20_000)));
}
