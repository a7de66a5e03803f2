import { z } from 'zod';
import { durationSecondsSchema } from '../access/duration.ts';
import { entitlementSchema } from '../access/grant.ts';
import { resourceSchema } from '../access/resource.ts';
import { reviewersSchema } from '../access/review.ts';
import { roleSchema } from '../access/role.ts';
import { scopeSchema } from '../access/scope.ts';

/** `input` of `hallpass/request/decision`. Documented in docs/policy-input.md. */
export const requestInputSchema = z.strictObject({
  requester: z.strictObject({
    id: z.string(),
    email: z.string(),
    /** Base role and active role grants together. */
    role: roleSchema,
    groups: z.array(z.string()),
    attributes: z.record(z.string(), z.json()),
  }),
  /** What is asked for. */
  entitlement: entitlementSchema,
  /** The resource, where one is asked for. */
  resource: resourceSchema.nullable(),
  /** The Scope, where one is asked for. */
  scope: scopeSchema.nullable(),
  duration_seconds: durationSecondsSchema,
  reason: z.string(),
});
export type RequestInput = z.infer<typeof requestInputSchema>;

/** What `hallpass/request/decision` must answer. `reasons` are sentences for people. */
export const requestAnswerSchema = z.object({
  requestable: z.boolean(),
  approvals_required: z.int().min(1).max(20),
  reviewers: reviewersSchema,
  auto_approve: z.boolean(),
  /** null: no ceiling, permanent included. */
  max_duration_seconds: durationSecondsSchema,
  reasons: z.array(z.string()),
});
export type RequestAnswer = z.infer<typeof requestAnswerSchema>;

/** Anything but a whole, well-formed answer means that it can't be asked for (law 1). */
export function readRequestAnswer(raw: unknown): RequestAnswer {
  const parsed = requestAnswerSchema.safeParse(raw);
  if (parsed.success) return parsed.data;
  return {
    requestable: false,
    approvals_required: 1,
    reviewers: { roles: [], people: [] },
    auto_approve: false,
    max_duration_seconds: 1,
    reasons: ['The request policy gave no usable answer, so nothing can be asked for.'],
  };
}
