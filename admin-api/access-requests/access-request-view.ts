import { z } from 'zod';
import { AUDIT_TYPES } from '../../core/access/audit-type.ts';
import { REQUEST_STATUSES } from '../../core/access/access-request.ts';
import { resourceTypeSchema } from '../../core/access/resource.ts';
import { MODIFICATIONS } from '../../core/access/review.ts';
import { roleSchema } from '../../core/access/role.ts';

const person = z.object({ id: z.string(), email: z.string(), name: z.string() });
const durationSeconds = z.int().nullable();
const time = z.iso.datetime();

/** An entitlement with the names of what it holds only ids of. */
export const entitlementView = {
  kind: z.enum(['resource', 'scope', 'role']),
  resource: z.object({ type: resourceTypeSchema, id: z.string(), name: z.string() }).nullable(),
  scope: z.object({ id: z.string(), name: z.string() }).nullable(),
  role: roleSchema.nullable(),
};

export const stageViewSchema = z.object({
  name: z.string(),
  approvals_required: z.int(),
  reviewers: z.object({ roles: z.array(roleSchema), people: z.array(person), scope_owners: z.boolean() }),
  approvals: z.int(),
  state: z.enum(['done', 'current', 'waiting']),
});

export const historyEntrySchema = z.object({
  at: time,
  type: z.enum(AUDIT_TYPES),
  /** null: Hallpass itself. */
  actor: person.nullable(),
  /** One English sentence. */
  text: z.string(),
  note: z.string().nullable(),
});
export type HistoryEntry = z.output<typeof historyEntrySchema>;

export const suggestedScopeSchema = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  environments: z.array(z.string()),
  connections: z.array(z.string()),
  targets: z.array(z.string()),
});

export const accessRequestViewSchema = z.object({
  id: z.string(),
  status: z.enum(REQUEST_STATUSES),
  requester: person,
  ...entitlementView,
  reason: z.string(),
  /** null together with no `until`: permanent. */
  duration_seconds: durationSeconds,
  until: time.nullable(),
  starts_at: time.nullable().describe('null: at approval'),
  action: z.string().nullable(),
  evaluation_id: z.string().nullable(),
  denial_verified: z.boolean(),
  return_to: z.string().nullable(),
  submitted_at: time,
  pending_until: time,
  decided_at: time.nullable(),
  bundle_id: z.string().nullable(),
  bundle: z
    .array(z.object({ id: z.string(), status: z.enum(REQUEST_STATUSES), ...entitlementView }))
    .describe('what was submitted together, this one included; filled where one request is read'),
  extends_grant: z.unknown().describe('the grant this asks more time for, or null'),
  break_glass: z
    .object({
      closed_at: time.nullable(),
      closed_by: person.nullable(),
      justified: z.boolean().nullable(),
      note: z.string().nullable(),
    })
    .nullable(),
  approvals_required: z.int(),
  stages: z.array(stageViewSchema),
  awaiting: z.array(person).describe('who can act now, ten at the most'),
  awaiting_count: z.int(),
  reminded_at: time.nullable(),
  can_remind_at: time.nullable(),
  max_duration_seconds: durationSeconds,
  policy_reasons: z.array(z.string()),
  reviews: z.array(
    z.object({
      id: z.string(),
      reviewer: person.nullable(),
      verdict: z.enum(['approve', 'deny']),
      stage: z.int(),
      note: z.string().nullable(),
      created_at: time,
    }),
  ),
  given: z
    .object({
      ...entitlementView,
      starts_at: time.nullable(),
      duration_seconds: durationSeconds,
      until: time.nullable(),
      modifications: z.array(z.enum(MODIFICATIONS)),
    })
    .nullable(),
  grant: z.unknown(),
  in_effect: z.boolean(),
  joined: z.boolean().describe('in the answer to a submission: an equal one was pending, and this is it'),
  can_review: z.boolean(),
  can_cancel: z.boolean(),
  suggested_scopes: z.array(suggestedScopeSchema),
  suggested_roles: z.array(roleSchema).describe('which Role would do instead, for whoever reviews'),
  history: z.array(historyEntrySchema).describe('filled where one request is read, oldest first'),
});
export type AccessRequestView = z.output<typeof accessRequestViewSchema>;
