import { z } from 'zod';
import { REQUEST_STATUSES } from '../../../core/access/access-request.ts';
import { entitlementSchema } from '../../../core/access/grant.ts';
import { TASK_STATUSES } from '../../../core/access/task.ts';
import { actionEntity, resourceEntity } from '../../../core/authzen/entity.ts';

/** What was given, where a reviewer gave something else than was asked for (ARAP: a member of our own). */
const grantedSchema = z.object({
  entitlement: entitlementSchema,
  starts_at: z.iso.datetime(),
  expires_at: z.iso.datetime().nullable().describe('null: without an end'),
  modifications: z.array(z.string()).describe('fields of the request that were changed'),
});

const resultSchema = z.object({
  mode: z.literal('reevaluate'),
  approval: z.object({
    id: z.string(),
    approved_at: z.iso.datetime(),
    approved_until: z.iso.datetime(),
    state: z.string().optional(),
  }),
  'hallpass.dev/granted': grantedSchema,
});
export type TaskResult = z.output<typeof resultSchema>;

/** Answers of ARAP draft 1, "Access Request Response". */
export const taskSchema = z.object({
  task: z.object({
    id: z.string(),
    status: z.enum(TASK_STATUSES),
    status_endpoint: z.url(),
    expires_at: z.iso.datetime(),
    display: z.object({ title: z.string(), description: z.string() }),
    progress: z.object({ current_step: z.int(), total_steps: z.int(), step_name: z.string() }).optional(),
    links: z.object({ ticket: z.url(), cancel: z.url() }),
    items: z
      .array(
        z.object({
          resource: resourceEntity,
          action: actionEntity,
          status: z.enum(REQUEST_STATUSES),
          result: resultSchema.optional(),
        }),
      )
      .optional(),
  }),
  result: resultSchema.optional(),
});
export type TaskBody = z.output<typeof taskSchema>;
