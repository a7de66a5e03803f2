import { z } from 'zod';
import { durationSecondsSchema } from '../../core/access/duration.ts';
import { opaqueId } from '../../core/access/ids.ts';
import { roleSchema } from '../../core/access/role.ts';
import { askedForShape, toEntitlement } from '../http/asked-for.ts';
import { operation, type Operation } from '../http/operation.ts';
import { requiredText, text } from '../http/text.ts';
import { askRequestPolicy, countReviewers } from './ask-request-policy.ts';
import { cancelAccessRequest } from './cancel-access-request.ts';
import { presentAccessRequest, rememberRevision } from './present-access-request.ts';
import { accessRequestViewSchema, type PresentPorts } from './present-access-requests.ts';
import { submitAccessRequest } from './submit-access-request.ts';

const idParams = z.object({ id: opaqueId });
const absoluteUrl = z.url({ protocol: /^https?$/ }).max(2000);

const submissionBody = z.strictObject({
  ...askedForShape,
  reason: requiredText(2000),
  duration_seconds: durationSecondsSchema.describe('null: permanent'),
  binding_token: z.string().max(8192).optional(),
  evaluation_id: opaqueId.optional(),
  action: text(100).optional(),
  return_to: absoluteUrl.optional(),
});

const previewSchema = z.object({
  requestable: z.boolean(),
  approvals_required: z.int(),
  reviewers: z.object({ roles: z.array(roleSchema) }),
  reviewer_count: z.int(),
  auto_approve: z.boolean(),
  max_duration_seconds: z.int().nullable(),
  reasons: z.array(z.string()),
});

export function requesterOperations(ports: PresentPorts): Operation[] {
  return [
    operation({
      method: 'post',
      path: '/v1/access-requests',
      tag: 'access requests',
      summary: 'Ask for a resource, membership of a Scope, or a Role',
      body: submissionBody,
      responses: {
        201: {
          description: 'Submitted, or approved at once where the policy says so',
          schema: accessRequestViewSchema,
        },
      },
      async run({ body, caller }) {
        const committed = await submitAccessRequest(ports, caller, { ...body, entitlement: toEntitlement(body) });
        return {
          status: 201,
          body: await presentAccessRequest(ports, await rememberRevision(ports, committed), caller),
        };
      },
    }),
    operation({
      method: 'post',
      path: '/v1/access-requests/preview',
      tag: 'access requests',
      summary: 'What the policy would say to a request; changes nothing',
      body: z.strictObject({
        ...askedForShape,
        duration_seconds: durationSecondsSchema.optional(),
        reason: text(2000).optional(),
      }),
      responses: { 200: { description: 'The ruling', schema: previewSchema } },
      async run({ body, caller }) {
        const { answer } = await askRequestPolicy(ports, ports.knex, {
          requester: caller,
          knower: caller,
          entitlement: toEntitlement(body),
          // Without a duration the shortest is meant, so that only what no duration could cure is reported.
          duration_seconds: body.duration_seconds === undefined ? 1 : body.duration_seconds,
          reason: body.reason ?? 'preview',
        });
        const reviewerCount = await countReviewers(ports.knex, answer.reviewers, caller.id, ports.clock());
        const canBeReviewed = answer.auto_approve || reviewerCount >= answer.approvals_required;
        return {
          status: 200,
          body: {
            ...answer,
            requestable: answer.requestable && canBeReviewed,
            reviewers: { roles: answer.reviewers.roles },
            reviewer_count: reviewerCount,
            reasons: canBeReviewed ? answer.reasons : [...answer.reasons, 'Nobody could approve it at the moment.'],
          },
        };
      },
    }),
    operation({
      method: 'post',
      path: '/v1/access-requests/{id}/cancel',
      tag: 'access requests',
      summary: "Take one's own pending request back",
      params: idParams,
      body: z.strictObject({}),
      responses: { 200: { description: 'Cancelled', schema: z.object({ request: accessRequestViewSchema }) } },
      async run({ params, caller }) {
        const row = await cancelAccessRequest(ports.run, caller, params.id);
        return { status: 200, body: { request: await presentAccessRequest(ports, row, caller) } };
      },
    }),
  ];
}
