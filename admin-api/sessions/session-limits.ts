import { z } from 'zod';

const ONE_MINUTE_MS = 60_000;

export const sessionLimitsSchema = z.strictObject({
  /** A session ends this long after sign-in, used or not. */
  max_age_ms: z
    .int()
    .min(ONE_MINUTE_MS)
    .default(12 * 60 * ONE_MINUTE_MS),
  /** A session ends when nothing used it for this long. */
  idle_timeout_ms: z
    .int()
    .min(ONE_MINUTE_MS)
    .default(2 * 60 * ONE_MINUTE_MS),
});
export type SessionLimits = z.infer<typeof sessionLimitsSchema>;
