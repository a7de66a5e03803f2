import { z } from 'zod';
import { opaqueId } from '../../core/access/ids.ts';
import { operation, type Operation } from '../http/operation.ts';
import { requiredText } from '../http/text.ts';
import { closeBreakGlass } from './close-break-glass.ts';
import { presentAccessRequest } from './present-access-request.ts';
import { accessRequestViewSchema } from './access-request-view.ts';
import type { PresentPorts } from './present-access-requests.ts';

export function closeOperation(ports: PresentPorts): Operation {
  return operation({
    method: 'post',
    path: '/v1/access-requests/{id}/close',
    tag: 'access requests',
    summary: 'Review an emergency afterwards; until then its holder can take no other',
    minimumRole: 'admin',
    params: z.object({ id: opaqueId }),
    body: z.strictObject({ justified: z.boolean(), note: requiredText(2000) }),
    responses: { 200: { description: 'Closed', schema: z.object({ request: accessRequestViewSchema }) } },
    async run({ params, body, caller }) {
      const row = await closeBreakGlass(ports, caller, params.id, body);
      return { status: 200, body: { request: await presentAccessRequest(ports, row, caller) } };
    },
  });
}
