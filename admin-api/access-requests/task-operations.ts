import { z } from 'zod';
import { AccessError } from '../../core/access/errors.ts';
import { opaqueId } from '../../core/access/ids.ts';
import { resourceRefSchema } from '../../core/access/resource.ts';
import type { GrantRow } from '../db/grant-row.ts';
import type { CurrentPerson } from '../http/current-person.ts';
import { operation, type Operation, type OperationResult } from '../http/operation.ts';
import { requiredText } from '../http/text.ts';
import type { AccessRequestPorts } from './access-request-ports.ts';
import { statusAt, type AccessRequestRow } from './access-request-row.ts';
import { submitAccessRequest } from './submit-access-request.ts';

/** For programs that name no end: nothing permanent by leaving something out. */
const DEFAULT_SECONDS = 3_600;

/** ARAP wants an end for every approval; a permanent grant has none. */
const NO_END = '9999-12-31T23:59:59.000Z';

const submissionBody = z.object({
  subject: z.object({ type: z.literal('user'), id: z.string().max(255) }),
  resource: resourceRefSchema.loose(),
  action: z.object({ name: z.string().max(100) }),
  context: z.object({ business_justification: requiredText(2000) }).loose(),
  denial: z.object({
    binding_token: z.string().max(8192),
    evaluation_id: opaqueId.optional(),
    expires_at: z.iso.datetime({ offset: true }),
    reason: z.string().max(100).optional(),
  }),
  requested_access: z
    .object({ requested_until: z.iso.datetime({ offset: true }).optional() })
    .loose()
    .optional(),
});

const taskSchema = z.object({
  task: z.object({
    id: z.string(),
    status: z.enum(['pending', 'approved', 'denied', 'expired', 'cancelled']),
    status_endpoint: z.url(),
    links: z.object({ ticket: z.url() }),
  }),
  result: z
    .object({
      mode: z.literal('reevaluate'),
      approval: z.object({ id: z.string(), approved_at: z.iso.datetime(), approved_until: z.iso.datetime() }),
    })
    .optional(),
});

/**
 * Denial -> request -> task for programs: OpenID AuthZEN Access Request and Approval Profile, draft 1 (single item,
 * polling, re-evaluation). An approval carries no access by itself; the program asks the proxy again.
 */
export function taskOperations(ports: AccessRequestPorts, publicUrl: string): Operation[] {
  return [
    operation({
      method: 'post',
      path: '/access/v1/requests',
      tag: 'access requests (AuthZEN)',
      summary: 'Submit an access request for a denial; without requested_until, for an hour',
      body: submissionBody,
      responses: {
        201: { description: 'Approved at once', schema: taskSchema },
        202: { description: 'Waits for approval', schema: taskSchema },
      },
      async run({ body, caller }) {
        if (body.subject.id !== caller.id && body.subject.id.toLowerCase() !== caller.email.toLowerCase()) {
          throw new AccessError('not-allowed', 'One asks for oneself: the subject must be the owner of the token.', {
            field: 'subject.id',
          });
        }
        const duration = secondsUntil(body.requested_access?.requested_until, ports.clock());
        const { result } = await submitAccessRequest(ports, caller, {
          entitlements: [{ kind: 'resource', resource: { type: body.resource.type, id: body.resource.id } }],
          reason: body.context.business_justification,
          period: { starts_at: null, duration_seconds: duration, until: null },
          binding_token: body.denial.binding_token,
          denied: { action: body.action.name, evaluation_id: body.denial.evaluation_id },
        });
        const [request] = result.requests as [AccessRequestRow];
        return presentTask(ports, request, publicUrl, request.status === 'pending' ? 202 : 201);
      },
    }),
    operation({
      method: 'get',
      path: '/access/v1/requests/{id}',
      tag: 'access requests (AuthZEN)',
      summary: 'Read the task of an access request',
      params: z.object({ id: opaqueId }),
      responses: { 200: { description: 'The task', schema: taskSchema } },
      async run({ params, caller }) {
        return presentTask(ports, await findOwn(ports, params.id, caller), publicUrl, 200);
      },
    }),
  ];
}

function secondsUntil(until: string | undefined, nowMs: number): number {
  if (until === undefined) return DEFAULT_SECONDS;
  const seconds = Math.floor((Date.parse(until) - nowMs) / 1000);
  if (seconds < 1) {
    throw new AccessError('invalid-value', 'requested_until must be in the future.', {
      field: 'requested_access.requested_until',
    });
  }
  return seconds;
}

async function findOwn(ports: AccessRequestPorts, id: string, caller: CurrentPerson): Promise<AccessRequestRow> {
  const row: AccessRequestRow | undefined = await ports
    .knex('access_requests')
    .where({ id, requester_id: caller.id })
    .first();
  if (row === undefined) throw new AccessError('not-found', 'You have no such task.');
  return row;
}

async function presentTask(
  ports: AccessRequestPorts,
  row: AccessRequestRow,
  publicUrl: string,
  status: number,
): Promise<OperationResult> {
  const task = {
    id: row.id,
    status: statusAt(row, ports.clock()),
    status_endpoint: `${publicUrl}/access/v1/requests/${row.id}`,
    links: { ticket: `${publicUrl}/access-requests/${row.id}` },
  };
  const grant: GrantRow | undefined =
    row.status === 'approved' ? await ports.knex('grants').where({ request_id: row.id }).first() : undefined;
  if (grant === undefined) return { status, body: { task } };
  const approval = {
    id: grant.id,
    approved_at: grant.created_at.toISOString(),
    approved_until: grant.expires_at?.toISOString() ?? NO_END,
  };
  return { status, body: { task, result: { mode: 'reevaluate', approval } } };
}
