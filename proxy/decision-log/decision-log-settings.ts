import { z } from 'zod';
import { ALLOW_REASONS, ENGINE_DENY_REASONS, POLICY_DENY_REASONS } from '../../core/access/reason-code.ts';
import { count, httpUrl, positiveMilliseconds } from '../setting-values.ts';
import { clientTlsSchema } from '../management/client-tls.ts';
import { maskRuleSchema } from './mask-event.ts';

/** What of an event is personal beyond the ids of who did what, and not needed to follow most decisions. */
export const DEFAULT_MASK = ['/input/subject/email', '/input/subject/attributes', '/input/context/source_ip'];

/** Events that fit all of what is given are not logged. */
const dropRuleSchema = z
  .strictObject({
    allow: z.boolean().optional(),
    reason: z.enum([...ALLOW_REASONS, ...POLICY_DENY_REASONS, ...ENGINE_DENY_REASONS]).optional(),
    action: z.string().min(1).optional(),
    resource: z.string().min(1).optional(),
    via: z.string().min(1).optional(),
  })
  .refine((rule) => Object.values(rule).some((value) => value !== undefined), { message: 'must say which' });
export type DropRule = z.output<typeof dropRuleSchema>;

export const decisionLogsSchema = z.strictObject({
  /** To standard output. */
  console: z.boolean().default(false),
  /** To a service, as OPA posts them. The bearer token is HALLPASS_DECISION_LOG_TOKEN. */
  service: z
    .strictObject({
      url: httpUrl,
      resource: z
        .string()
        .regex(/^\/[^?#\s]*$/, 'must be a path')
        .default('/logs'),
      tls: clientTlsSchema.optional(),
    })
    .optional(),
  /** Removed or replaced in every event, before what `system.log.mask` of the policy says. */
  mask: z
    .array(maskRuleSchema)
    .max(1_000)
    .default([...DEFAULT_MASK]),
  /** Whether what an app says in the context of a question is logged. */
  app_context: z.boolean().default(false),
  drop: z.array(dropRuleSchema).max(1_000).default([]),
  /** Between two uploads, at random between the two; sooner when there is enough for one. */
  min_delay_ms: positiveMilliseconds.default(5_000),
  max_delay_ms: positiveMilliseconds.default(15_000),
  /** Of one upload, compressed. */
  upload_size_limit_bytes: z.int().min(1_024).max(67_108_864).default(32_768),
  /** Events that wait for their upload; the oldest make room. */
  buffer_size_limit_events: count.default(10_000),
  buffer_size_limit_bytes: count.default(16_777_216),
  /** Decisions that wait to be made events of. */
  queue_limit_events: count.default(10_000),
  request_timeout_ms: positiveMilliseconds.default(10_000),
  /** For what is left at a stop. */
  flush_timeout_ms: positiveMilliseconds.default(2_000),
});
export type DecisionLogSettings = z.output<typeof decisionLogsSchema>;
