import { z } from 'zod';
import { actionEntity, resourceEntity, subjectEntity } from '../../../core/authzen/entity.ts';
import { opaqueId } from '../../../core/access/ids.ts';
import { requiredText, text } from '../../http/text.ts';
import { MAX_BUNDLE } from '../submit-access-request.ts';
import { CALLBACK_EVENTS } from './access-task-row.ts';

const moment = z.iso.datetime({ offset: true });
const note = text(255).optional();

const denialSchema = z.object({
  binding_token: z.string().max(8192).optional(),
  evaluation_id: opaqueId.optional(),
  evaluated_at: moment.optional(),
  expires_at: moment,
  reason: z.string().max(100).optional(),
  template: z.string().max(255).optional(),
});
export type SubmittedDenial = z.output<typeof denialSchema>;

/** Members that others may add are passed over (ARAP draft 1, "Forward Compatibility"). */
export const requestedAccessSchema = z.object({
  requested_until: moment.optional().describe('a fixed end; left out: an hour from the approval on'),
  emergency: z.boolean().optional().describe('at once where the policy allows it, and reviewed afterwards'),
});

/** What a submission adds to the denied question; published as `request_schema_url`. */
export const augmentationSchema = z.object({
  context: z.object({ business_justification: requiredText(2000).describe('why it is needed, for whoever decides') }),
  requested_access: requestedAccessSchema.optional(),
});

const actorSchema = z.object({
  id: text(255),
  issuer: note,
  type: note,
  act: z.record(z.string(), z.unknown()).optional(),
});

const clientSchema = z.object({
  id: note,
  name: note,
  actor: actorSchema.optional(),
  source: z.object({ session_id: note, external_url: z.url().max(2000).optional(), integration_id: note }).optional(),
});

/** ARAP draft 1, "Access Request Submission" and "Request Items". */
export const submissionSchema = z.object({
  subject: subjectEntity,
  resource: resourceEntity.optional(),
  action: actionEntity.optional(),
  items: z
    .array(
      z.object({
        resource: resourceEntity,
        action: actionEntity,
        requested_access: requestedAccessSchema.optional(),
        denial: denialSchema.optional(),
      }),
    )
    .min(1)
    .max(MAX_BUNDLE)
    .optional(),
  context: augmentationSchema.shape.context.loose(),
  denial: denialSchema.optional(),
  requested_access: requestedAccessSchema.optional(),
  client: clientSchema.optional(),
  callback: z
    .object({
      endpoint: z.url({ protocol: /^https?$/ }).max(2000),
      state: z.string().max(1000).optional(),
      events: z.array(z.enum(CALLBACK_EVENTS)).min(1).max(CALLBACK_EVENTS.length).optional(),
    })
    .optional(),
});
export type TaskSubmission = z.output<typeof submissionSchema>;
