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
  /** Sign-ins refused before anybody was vouched for, as many as the audit log of one process takes in a minute. */
  refusals_per_minute: z.int().min(0).max(10_000).default(60),
});
export type SessionLimits = z.infer<typeof sessionLimitsSchema>;
