import { z } from 'zod';
import { durationSecondsSchema } from '../access/duration.ts';
import { entitlementSchema, epochMs } from '../access/grant.ts';
import { opaqueId } from '../access/ids.ts';
import { resourceSchema } from '../access/resource.ts';
import { reviewersSchema, stageSchema, type Stage } from '../access/review-stages.ts';
import { roleSchema } from '../access/role.ts';
import { scopeSchema } from '../access/scope.ts';

/** `input` of `hallpass/request/decision`. Documented in docs/policy-input.md. */
export const requestInputSchema = z.strictObject({
  requester: z.strictObject({
    id: z.string(),
    email: z.string(),
    /** Base role and active role grants together. */
    role: roleSchema,
    /** Without role grants. */
    base_role: roleSchema,
    groups: z.array(z.string()),
    attributes: z.record(z.string(), z.json()),
  }),
  /** What is asked for. */
  entitlement: entitlementSchema,
  /** The resource, where one is asked for. */
  resource: resourceSchema.nullable(),
  /** The Scope, where one is asked for. */
  scope: scopeSchema.nullable(),
  /** The whole life: for an extension from the beginning of the grant to its new end, so that one ceiling rules both. */
  duration_seconds: durationSecondsSchema,
  /** Milliseconds since the Unix epoch; null: at approval. */
  starts_at: epochMs.nullable(),
  /** The grant that is to last longer, where more time is asked for. */
  extension: z.strictObject({ grant_id: opaqueId, starts_at: epochMs, expires_at: epochMs }).nullable(),
  /** Asked for at once, to be reviewed afterwards. */
  break_glass: z.boolean(),
  /** null: only looked at, not written yet; a submission always has one. */
  reason: z.string().nullable(),
});
export type RequestInput = z.infer<typeof requestInputSchema>;

/** What `hallpass/request/decision` must answer. `reasons` are sentences for people. */
export const requestAnswerSchema = z
  .object({
    requestable: z.boolean(),
    /** Over all stages. */
    approvals_required: z.int().min(1).max(200),
    reviewers: reviewersSchema,
    /** Reviews in order; left out: one stage of `approvals_required` approvals by `reviewers`. */
    stages: z.array(stageSchema).min(1).max(10).optional(),
    auto_approve: z.boolean(),
    /** null: no ceiling, permanent included. */
    max_duration_seconds: durationSecondsSchema,
    /** May be taken at once in an emergency, and for how long at the most. */
    break_glass: z
      .object({ allowed: z.boolean(), max_duration_seconds: z.int().min(60).max(86_400) })
      .default({ allowed: false, max_duration_seconds: 3_600 }),
    /** What the form asks for beside "Reason": "Ticket number and what you will do". */
    reason_prompt: z.string().max(300).nullable().default(null),
    /** What a reason must match: a regular expression of RE2's syntax, with an example for people. */
    reason_pattern: z
      .object({ pattern: z.string().max(300), example: z.string().max(200) })
      .nullable()
      .default(null),
    /** May be decided from a chat message. */
    low_risk: z.boolean().default(false),
    reasons: z.array(z.string()),
  })
  .refine(({ stages, approvals_required }) => stages !== undefined || approvals_required <= 20, {
    message: 'one stage takes 20 approvals at the most',
    path: ['approvals_required'],
  });
export type RequestAnswer = z.infer<typeof requestAnswerSchema>;

/** The stages a request goes through, however the policy spelt them. */
export function stagesOf(answer: RequestAnswer): readonly Stage[] {
  if (answer.stages !== undefined) return answer.stages;
  return [{ name: 'Review', approvals_required: answer.approvals_required, reviewers: answer.reviewers }];
}

/** Anything but a whole, well-formed answer means that it can't be asked for (law 1). */
export function readRequestAnswer(raw: unknown): RequestAnswer {
  const parsed = requestAnswerSchema.safeParse(raw);
  if (parsed.success) return parsed.data;
  return {
    requestable: false,
    approvals_required: 1,
    reviewers: { roles: [], people: [], scope_owners: false },
    auto_approve: false,
    max_duration_seconds: 1,
    break_glass: { allowed: false, max_duration_seconds: 3_600 },
    reason_prompt: null,
    reason_pattern: null,
    low_risk: false,
    reasons: ['The request policy gave no usable answer, so nothing can be asked for.'],
  };
}
