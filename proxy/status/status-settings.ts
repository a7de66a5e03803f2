import { z } from 'zod';
import { httpUrl, positiveMilliseconds } from '../setting-values.ts';
import { clientTlsSchema } from '../management/client-tls.ts';

export const statusSchema = z.strictObject({
  /** To standard output. */
  console: z.boolean().default(false),
  /** To a service, as OPA posts it. The bearer token is HALLPASS_STATUS_TOKEN. */
  service: z
    .strictObject({
      url: httpUrl,
      resource: z
        .string()
        .regex(/^\/[^?#\s]*$/, 'must be a path')
        .default('/status'),
      tls: clientTlsSchema.optional(),
    })
    .optional(),
  /** Between two reports without news; what is new is told at once. */
  interval_ms: positiveMilliseconds.default(60_000),
  request_timeout_ms: positiveMilliseconds.default(10_000),
});
export type StatusSettings = z.output<typeof statusSchema>;
