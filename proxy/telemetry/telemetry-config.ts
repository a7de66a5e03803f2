import { z } from 'zod';
import { hasNoUser } from '../setting-values.ts';

const otlpUrl = z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' }).refine(hasNoUser, {
  message: 'must hold no user name or password; headers for the collector go into HALLPASS_OTLP_HEADERS',
});

/** `telemetry:` of the sidecar's configuration. All of it is off unless it is named. */
export const telemetrySchema = z.strictObject({
  /** One line per request when it is over, beside the line of its decision. */
  access_log: z
    .strictObject({
      enabled: z.boolean().default(false),
      /** The path as it was judged, without its query; it may name people and things. */
      path: z.boolean().default(false),
    })
    .prefault({}),
  /** OpenTelemetry spans, sent by OTLP over HTTP as JSON. */
  tracing: z
    .strictObject({
      /** The collector's address for traces, such as http://127.0.0.1:4318/v1/traces. */
      otlp_url: otlpUrl,
      /** Of the requests that come without a caller's own choice; a caller that samples is followed. */
      sample_ratio: z.number().min(0).max(1).default(1),
      service_name: z.string().min(1).max(200).default('hallpass-sidecar'),
    })
    .optional(),
});
export type TelemetryConfig = z.output<typeof telemetrySchema>;
export type TracingConfig = NonNullable<TelemetryConfig['tracing']>;
