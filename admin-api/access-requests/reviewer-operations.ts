import { z } from 'zod';
import { opaqueId } from '../../core/access/ids.ts';
import type { Committed } from '../db/unit-of-work.ts';
import { askedForShape, toOptionalEntitlement } from '../http/asked-for.ts';
import type { CurrentPerson } from '../http/current-person.ts';
import { operation, type Operation } from '../http/operation.ts';
import { text } from '../http/text.ts';
import { presentAccessRequest, rememberRevision } from './present-access-request.ts';
import { givenPeriodShape, readGivenPeriod } from './given-period.ts';
import { accessRequestViewSchema } from './access-request-view.ts';
import { decideOperation } from './decide-operation.ts';
import type { PresentPorts } from './present-access-requests.ts';
import { approveAccessRequest, denyAccessRequest, type Reviewed } from './review-access-request.ts';

const idParams = z.object({ id: opaqueId });
const reviewedSchema = z.object({
  request: accessRequestViewSchema,
  grant: z.unknown(),
  feed_revision: z.int().nullable(),
});

export function reviewerOperations(ports: PresentPorts): Operation[] {
  async function present({ result, feedRevision }: Committed<Reviewed>, caller: CurrentPerson) {
    const request = await presentAccessRequest(
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
      summary: 'Approve as asked, or with another length, beginning, Scope, resource or Role',
      minimumRole: 'admin',
      params: idParams,
      body: z.strictObject({
        ...askedForShape,
        ...givenPeriodShape,
        note: text(2000).optional(),
      }),
      responses: {
        200: { description: 'Approved; grant is null while more approvals are needed', schema: reviewedSchema },
      },
      async run({ params, body, caller }) {
        const change = { entitlement: toOptionalEntitlement(body), ...readGivenPeriod(body, ports.clock()) };
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
    decideOperation(ports),
  ];
}
