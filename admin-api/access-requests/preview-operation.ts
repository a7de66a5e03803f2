import { z } from 'zod';
import { opaqueId } from '../../core/access/ids.ts';
import { approvalsRequired, reviewersSchema, stageSchema, type Reviewers } from '../../core/access/review-stages.ts';
import { requestAnswerSchema } from '../../core/decision/request-input.ts';
import { askedForShape, toEntitlement, toOptionalEntitlement } from '../http/asked-for.ts';
import { operation, type Operation } from '../http/operation.ts';
import { text } from '../http/text.ts';
import { askedPeriodShape, readPeriod } from '../http/asked-period.ts';
import { findOwnExtension } from './extended-grant.ts';
import type { PresentPorts } from './present-access-requests.ts';
import { previewAccessRequest } from './preview-access-request.ts';
import { readNames } from './read-names.ts';

const answer = requestAnswerSchema.shape;
const person = z.object({ id: z.string(), email: z.string(), name: z.string() });

const previewSchema = z.object({
  requestable: z.boolean(),
  reasons: z.array(z.string()),
  stages: z.array(
    stageSchema.extend({
      reviewers: reviewersSchema.extend({ people: z.array(person) }),
      reviewer_count: z.int().describe('how many people could approve at this stage'),
    }),
  ),
  reviewer_count: z.int(),
  approvals_required: z.int(),
  auto_approve: z.boolean(),
  max_duration_seconds: z.int().nullable(),
  break_glass: answer.break_glass.unwrap(),
  reason_prompt: answer.reason_prompt.unwrap(),
  reason_pattern: answer.reason_pattern.unwrap(),
  has_already: z.unknown().describe('the grant of it that the caller has, or null'),
  pending_request_id: z.string().nullable(),
});

export function previewOperation(ports: PresentPorts): Operation {
  return operation({
    method: 'post',
    path: '/v1/access-requests/preview',
    tag: 'access requests',
    summary: 'What a request would meet, before it is sent; changes nothing',
    body: z.strictObject({
      ...askedForShape,
      ...askedPeriodShape,
      extends_grant_id: opaqueId.optional(),
      break_glass: z.boolean().optional(),
      reason: text(2000).optional().describe('left out or empty: not written yet'),
    }),
    responses: { 200: { description: 'What would be', schema: previewSchema } },
    async run({ body, caller }) {
      const nowMs = ports.clock();
      const own =
        body.extends_grant_id === undefined
          ? null
          : await findOwnExtension(ports.knex, caller, body.extends_grant_id, nowMs);
      // Without a length the shortest is meant, so that only what no length could cure is reported.
      const isOpenEnded = body.duration_seconds === undefined && body.until === undefined;
      const period = readPeriod(isOpenEnded ? { ...body, duration_seconds: 1 } : body, nowMs);
      const entitlement = own === null ? toEntitlement(body) : (toOptionalEntitlement(body) ?? own.entitlement);
      const preview = await previewAccessRequest(ports, caller, {
        terms: { ...period, entitlement },
        extension: own?.extension ?? null,
        reason: body.reason === undefined || body.reason.trim() === '' ? null : body.reason,
        breakGlass: body.break_glass ?? false,
      });
      const ruling = preview.ruling.answer;
      const named = preview.stages.flatMap((stage) => stage.reviewers.people);
      const { people } = await readNames(ports.knex, named, []);
      const withNames = (reviewers: Reviewers) => ({
        ...reviewers,
        people: reviewers.people.flatMap((id) => people.get(id) ?? []),
      });
      const held = preview.held === null ? [] : await ports.presentGrants(ports.knex, [preview.held], nowMs, caller.id);
      return {
        status: 200,
        body: {
          requestable: preview.requestable,
          reasons: preview.reasons,
          stages: preview.stages.map((stage) => ({ ...stage, reviewers: withNames(stage.reviewers) })),
          reviewer_count: preview.reviewerCount,
          approvals_required: approvalsRequired(preview.stages),
          auto_approve: ruling.auto_approve,
          max_duration_seconds: ruling.max_duration_seconds,
          break_glass: ruling.break_glass,
          reason_prompt: ruling.reason_prompt,
          reason_pattern: ruling.reason_pattern,
          has_already: held[0] ?? null,
          pending_request_id: preview.pendingId,
        },
      };
    },
  });
}
