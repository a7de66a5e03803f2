import { z } from 'zod';
import { AccessError } from '../../core/access/errors.ts';
import { opaqueId } from '../../core/access/ids.ts';
import { isAtLeast } from '../../core/access/role.ts';
import type { CurrentPerson } from '../http/current-person.ts';
import { operation, type Operation } from '../http/operation.ts';
import { pageQuery } from '../http/pagination.ts';
import type { AccessRequestRow } from './access-request-row.ts';
import { accessRequestViewSchema } from './access-request-view.ts';
import { listAccessRequests, REQUEST_SORTS } from './list-access-requests.ts';
import { presentAccessRequest } from './present-access-request.ts';
import { presentAccessRequests, type PresentPorts } from './present-access-requests.ts';
import { readBundle } from './read-bundle.ts';
import { readHistory } from './read-history.ts';
import { readContext, requestContextSchema } from './request-context.ts';
import { prepareFilter, requestFilterShape } from './request-filter.ts';
import { suggestInstead } from './suggest-instead.ts';

const idParams = z.object({ id: opaqueId });

export function readOperations(ports: PresentPorts): Operation[] {
  const { knex } = ports;
  return [
    operation({
      method: 'get',
      path: '/v1/access-requests',
      tag: 'access requests',
      summary: "List requests, newest first unless said otherwise: one's own, for Admins everybody's",
      query: z.strictObject({
        ...requestFilterShape,
        sort: z.enum(REQUEST_SORTS).default('submitted'),
        order: z.enum(['asc', 'desc']).optional(),
        ...pageQuery,
      }),
      responses: {
        200: {
          description: 'Requests',
          schema: z.object({ items: z.array(accessRequestViewSchema), next_cursor: z.string().nullable() }),
        },
      },
      async run({ query: { sort, order, cursor, limit, ...filter }, caller }) {
        const page = await listAccessRequests(ports, filter, { sort, order, cursor, limit }, caller);
        return { status: 200, body: { ...page, items: await presentAccessRequests(ports, page.items, caller) } };
      },
    }),
    operation({
      method: 'get',
      path: '/v1/access-requests/count',
      tag: 'access requests',
      summary: 'How many requests the same filters of the list would show',
      query: z.strictObject(requestFilterShape),
      responses: { 200: { description: 'The number', schema: z.object({ count: z.int() }) } },
      async run({ query, caller }) {
        const narrow = await prepareFilter(ports, query, caller);
        const row = await knex({ r: 'access_requests' }).modify(narrow).count<{ count: number }>('* AS count').first();
        return { status: 200, body: { count: row?.count ?? 0 } };
      },
    }),
    operation({
      method: 'get',
      path: '/v1/access-requests/{id}',
      tag: 'access requests',
      summary: 'Read one request, with its history',
      params: idParams,
      responses: { 200: { description: 'The request', schema: accessRequestViewSchema } },
      async run({ params, caller }) {
        const row = await findVisible(ports, params.id, caller);
        const [view, bundle, history] = await Promise.all([
          presentAccessRequest(ports, row, caller),
          readBundle(knex, row, ports.clock()),
          readHistory(ports, row),
        ]);
        const instead = view.can_review ? await suggestInstead(ports, row, caller) : {};
        return { status: 200, body: { ...view, bundle, history, ...instead } };
      },
    }),
    operation({
      method: 'get',
      path: '/v1/access-requests/{id}/context',
      tag: 'access requests',
      summary: 'What a reviewer wants to know beside the request: the requester, what they have, what it would open',
      minimumRole: 'admin',
      params: idParams,
      responses: { 200: { description: 'Around the request', schema: requestContextSchema } },
      async run({ params, caller }) {
        return { status: 200, body: await readContext(ports, await findVisible(ports, params.id, caller), caller) };
      },
    }),
  ];
}

/** @throws AccessError `not-found`, also for other people's requests to whoever may not see them */
async function findVisible(ports: PresentPorts, id: string, caller: CurrentPerson): Promise<AccessRequestRow> {
  const row: AccessRequestRow | undefined = await ports.knex('access_requests').where({ id }).first();
  if (row === undefined || !(row.requester_id === caller.id || isAtLeast(caller.role, 'admin'))) {
    throw new AccessError('not-found', 'There is no such request.');
  }
  return row;
}
