import { z } from 'zod';
import { opaqueId } from '../../core/access/ids.ts';
import { resourceRefSchema } from '../../core/access/resource.ts';
import type { Committed } from '../db/unit-of-work.ts';
import { askedForShape, toEntitlement, toOptionalEntitlement } from '../http/asked-for.ts';
import { AccessError } from '../../core/access/errors.ts';
import type { Entitlement } from '../../core/access/grant.ts';
import type { CurrentPerson } from '../http/current-person.ts';
import { operation, type Operation, type OperationResult } from '../http/operation.ts';
import { requiredText, text } from '../http/text.ts';
import { askedPeriodShape, readPeriod } from '../http/asked-period.ts';
import { cancelAccessRequest } from './cancel-access-request.ts';
import type { AccessRequestRow } from './access-request-row.ts';
import { presentAccessRequest, rememberRevision } from './present-access-request.ts';
import { accessRequestViewSchema } from './access-request-view.ts';
import type { PresentPorts } from './present-access-requests.ts';
import { presentBundle } from './read-bundle.ts';
import { remindReviewers } from './remind-reviewers.ts';
import { MAX_BUNDLE, submitAccessRequest, type Submitted } from './submit-access-request.ts';

const idParams = z.object({ id: opaqueId });
const absoluteUrl = z.url({ protocol: /^https?$/ }).max(2000);
const requestSchema = z.object({ request: accessRequestViewSchema });

/** What is asked for, in every way it can be named. */
const thingsShape = {
  ...askedForShape,
  resources: z.array(resourceRefSchema).min(1).max(MAX_BUNDLE).optional().describe('several at once, in one bundle'),
  extends_grant_id: opaqueId.optional().describe('more time for this grant of yours'),
};

const submissionBody = z.strictObject({
  ...thingsShape,
  ...askedPeriodShape,
  reason: requiredText(2000),
  break_glass: z.boolean().optional().describe('at once, in an emergency; reviewed afterwards'),
  binding_token: z.string().max(8192).optional(),
  evaluation_id: opaqueId.optional(),
  action: text(100).optional(),
  return_to: absoluteUrl.optional(),
});

const submittedSchema = accessRequestViewSchema.extend({
  joined: z.boolean().describe('an equal request was pending; this is that one'),
});

/** @throws AccessError `invalid-value` unless exactly one way to name something is used */
function toEntitlements(body: z.output<typeof submissionBody>): Entitlement[] {
  const single = toOptionalEntitlement(body);
  if (body.resources !== undefined) {
    if (single === undefined) return body.resources.map((resource) => ({ kind: 'resource', resource }));
    throw new AccessError('invalid-value', 'Name one thing, or several in resources, not both.', {
      field: 'resources',
    });
  }
  if (single !== undefined) return [single];
  return body.extends_grant_id === undefined ? [toEntitlement(body)] : [];
}

export function requesterOperations(ports: PresentPorts): Operation[] {
  return [
    operation({
      method: 'post',
      path: '/v1/access-requests',
      tag: 'access requests',
      summary: 'Ask for a resource or several, membership of a Scope, a Role, or more time',
      body: submissionBody,
      responses: {
        200: { description: 'An equal request is pending already; this is that one', schema: submittedSchema },
        201: { description: 'Submitted, or given at once where the policy says so', schema: submittedSchema },
      },
      async run({ body, caller }) {
        const committed = await submitAccessRequest(ports, caller, {
          ...body,
          entitlements: toEntitlements(body),
          period: readPeriod(body, ports.clock()),
        });
        return presentSubmitted(ports, committed, caller);
      },
    }),
    operation({
      method: 'post',
      path: '/v1/grants/{id}/extend',
      tag: 'grants',
      summary: "Ask for more time with one's own access, as a request with extends_grant_id does",
      params: idParams,
      body: z.strictObject({
        reason: requiredText(2000),
        duration_seconds: askedPeriodShape.duration_seconds.describe('more, from the present end; null: permanently'),
        until: askedPeriodShape.until,
      }),
      responses: {
        200: { description: 'An equal request is pending already; this is that one', schema: submittedSchema },
        201: { description: 'Submitted, or given at once where the policy says so', schema: submittedSchema },
      },
      async run({ params, body, caller }) {
        const committed = await submitAccessRequest(ports, caller, {
          reason: body.reason,
          entitlements: [],
          extends_grant_id: params.id,
          period: readPeriod(body, ports.clock()),
        });
        return presentSubmitted(ports, committed, caller);
      },
    }),
    operation({
      method: 'post',
      path: '/v1/access-requests/{id}/cancel',
      tag: 'access requests',
      summary: "Take one's own pending request back",
      params: idParams,
      body: z.strictObject({}),
      responses: { 200: { description: 'Cancelled', schema: requestSchema } },
      async run({ params, caller }) {
        const row = await cancelAccessRequest(ports.run, caller, params.id);
        return { status: 200, body: { request: await presentAccessRequest(ports, row, caller) } };
      },
    }),
    operation({
      method: 'post',
      path: '/v1/access-requests/{id}/remind',
      tag: 'access requests',
      summary: "Ask the reviewers of one's own pending request once more",
      params: idParams,
      body: z.strictObject({}),
      responses: { 200: { description: 'Reminded', schema: requestSchema } },
      async run({ params, caller }) {
        const row = await remindReviewers(ports, caller, params.id);
        return { status: 200, body: { request: await presentAccessRequest(ports, row, caller) } };
      },
    }),
  ];
}

async function presentSubmitted(
  ports: PresentPorts,
  { result, feedRevision }: Committed<Submitted>,
  caller: CurrentPerson,
): Promise<OperationResult> {
  for (const request of result.requests) {
    if (request.status === 'approved') await rememberRevision(ports, { result: request, feedRevision });
  }
  const rows: AccessRequestRow[] = await ports.knex('access_requests').whereIn(
    'id',
    result.requests.map(({ id }) => id),
  );
  const submitted = result.requests.map((request) => rows.find((row) => row.id === request.id) ?? request);
  const [first] = submitted;
  if (first === undefined) throw new Error('A submission files one request at the least.');
  const view = await presentAccessRequest(ports, first, caller);
  // All that was asked for just now, also what joined a request of an earlier bundle.
  const bundle = submitted.length > 1 ? await presentBundle(ports.knex, submitted, ports.clock()) : [];
  return { status: result.joined ? 200 : 201, body: { ...view, bundle, joined: result.joined } };
}
