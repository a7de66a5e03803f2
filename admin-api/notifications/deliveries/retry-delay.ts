import type { DeliveryLimits } from './delivery-limits.ts';

/** Nobody is helped by a second attempt in the same moment. */
const FLOOR_MS = 100;

/**
 * How long to wait before the next attempt: exponential backoff with full jitter, so that what failed together is not
 * tried again together (Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015).
 * @param attempts how many have been made, 1 or more
 * @param random from 0 up to but not including 1
 */
export function retryDelayMs(
  attempts: number,
  limits: Pick<DeliveryLimits, 'backoffMs' | 'backoffMaxMs'>,
  random: number,
): number {
  const ceiling = Math.min(limits.backoffMaxMs, limits.backoffMs * 2 ** Math.min(attempts - 1, 30));
  return Math.max(FLOOR_MS, Math.round(random * ceiling));
}
