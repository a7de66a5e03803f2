import { z } from 'zod';
import { REQUEST_STATUSES } from '../../core/access/access-request.ts';
import { durationSecondsSchema } from '../../core/access/duration.ts';
import { AccessError } from '../../core/access/errors.ts';
import { opaqueId } from '../../core/access/ids.ts';
import { isAtLeast, roleSchema } from '../../core/access/role.ts';
import type { Committed } from '../db/unit-of-work.ts';
import { askedForShape, toEntitlement, toOptionalEntitlement } from '../http/asked-for.ts';
import type { CurrentPerson } from '../http/current-person.ts';
import { operation, type Operation } from '../http/operation.ts';
import { decodeCursor, pageQuery, timeCursor, toPage } from '../http/pagination.ts';
import { requiredText, text } from '../http/text.ts';
import type { AccessRequestRow } from './access-request-row.ts';
import { askRequestPolicy, countReviewers } from './ask-request-policy.ts';
import { cancelAccessRequest } from './cancel-access-request.ts';
import {
  accessRequestViewSchema,
  presentAccessRequests,
  suggestScopes,
  type PresentPorts,
} from './present-access-requests.ts';
import { approveAccessRequest, denyAccessRequest, type Reviewed } from './review-access-request.ts';
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

const reviewedSchema = z.object({
  request: accessRequestViewSchema,
  grant: z.unknown(),
  feed_revision: z.int().nullable(),
});

export function accessRequestOperations(ports: PresentPorts): Operation[] {
  return [...readOperations(ports), ...requesterOperations(ports), ...reviewerOperations(ports)];
}

async function presentOne(ports: PresentPorts, row: AccessRequestRow, viewer: CurrentPerson) {
  const [view] = await presentAccessRequests(ports, [row], viewer);
  if (view === undefined) throw new AccessError('not-found', 'There is no such request.');
  return view;
}

/** Remembers which feed revision carries the grant; losing this costs the waiting page precision, nothing else. */
async function rememberRevision(
  ports: PresentPorts,
  committed: Committed<AccessRequestRow>,
): Promise<AccessRequestRow> {
  if (committed.feedRevision === null) return committed.result;
  await ports
    .knex('access_requests')
    .where({ id: committed.result.id })
    .update({ feed_revision: committed.feedRevision });
  return { ...committed.result, feed_revision: committed.feedRevision };
}

function readOperations(ports: PresentPorts): Operation[] {
  const { knex } = ports;
  return [
    operation({
      method: 'get',
      path: '/v1/access-requests',
      tag: 'access requests',
      summary: "List requests, newest first: one's own, for Admins everybody's",
      query: z.strictObject({
        status: z.enum(REQUEST_STATUSES).optional(),
        requester: opaqueId.optional().describe('a person id, or me'),
        ...pageQuery,
      }),
      responses: {
        200: {
          description: 'Requests',
          schema: z.object({ items: z.array(accessRequestViewSchema), next_cursor: z.string().nullable() }),
        },
      },
      async run({ query, caller }) {
        const requester = query.requester === 'me' || !isAtLeast(caller.role, 'admin') ? caller.id : query.requester;
        const after = decodeCursor(query.cursor, timeCursor);
        const rows: AccessRequestRow[] = await knex('access_requests')
          .modify((q) => {
            if (requester !== undefined) void q.where({ requester_id: requester });
            if (query.status !== undefined) void q.where({ status: query.status });
            if (after !== null) void q.whereRaw('(submitted_at, id) < (?, ?)', [...after]);
          })
          .orderBy([
            { column: 'submitted_at', order: 'desc' },
            { column: 'id', order: 'desc' },
          ])
          .limit(query.limit + 1);
        const page = toPage(
          rows,
          query.limit,
          (row) => row,
          (row) => [row.submitted_at.toISOString(), row.id],
        );
        return { status: 200, body: { ...page, items: await presentAccessRequests(ports, page.items, caller) } };
      },
    }),
    operation({
      method: 'get',
      path: '/v1/access-requests/{id}',
      tag: 'access requests',
      summary: 'Read one request',
      params: idParams,
      responses: { 200: { description: 'The request', schema: accessRequestViewSchema } },
      async run({ params, caller }) {
        const row: AccessRequestRow | undefined = await knex('access_requests').where({ id: params.id }).first();
        if (row === undefined || !(row.requester_id === caller.id || isAtLeast(caller.role, 'admin'))) {
          throw new AccessError('not-found', 'There is no such request.');
        }
        const view = await presentOne(ports, row, caller);
        return {
          status: 200,
          body: { ...view, suggested_scopes: view.can_review ? await suggestScopes(ports, row, caller) : [] },
        };
      },
    }),
  ];
}

function requesterOperations(ports: PresentPorts): Operation[] {
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
        return { status: 201, body: await presentOne(ports, await rememberRevision(ports, committed), caller) };
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
        return { status: 200, body: { request: await presentOne(ports, row, caller) } };
      },
    }),
  ];
}

function reviewerOperations(ports: PresentPorts): Operation[] {
  async function present({ result, feedRevision }: Committed<Reviewed>, caller: CurrentPerson) {
    const request = await presentOne(
      ports,
      await rememberRevision(ports, { result: result.request, feedRevision }),
      caller,
    );
    return { request, grant: request.grant, feed_revision: feedRevision };
  }
  return [
    operation({
      method: 'post',
      path: '/v1/access-requests/{id}/approve',
      tag: 'access requests',
      summary: 'Approve as asked, or with another duration or another Scope, resource or Role',
      minimumRole: 'admin',
      params: idParams,
      body: z.strictObject({
        ...askedForShape,
        duration_seconds: durationSecondsSchema.optional(),
        note: text(2000).optional(),
      }),
      responses: {
        200: { description: 'Approved; grant is null while more approvals are needed', schema: reviewedSchema },
      },
      async run({ params, body, caller }) {
        const change = { entitlement: toOptionalEntitlement(body), duration_seconds: body.duration_seconds };
        const committed = await approveAccessRequest(ports, caller, params.id, change, body.note ?? null);
        return { status: 200, body: await present(committed, caller) };
      },
    }),
    operation({
      method: 'post',
      path: '/v1/access-requests/{id}/deny',
      tag: 'access requests',
      summary: 'Deny, with or without a reason',
      minimumRole: 'admin',
      params: idParams,
      body: z.strictObject({ reason: text(2000).optional() }),
      responses: { 200: { description: 'Denied', schema: z.object({ request: accessRequestViewSchema }) } },
      async run({ params, body, caller }) {
        const { request } = await present(
          await denyAccessRequest(ports, caller, params.id, body.reason || null),
          caller,
        );
        return { status: 200, body: { request } };
      },
    }),
  ];
}
