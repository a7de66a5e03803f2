import { z } from 'zod';
import { REQUEST_STATUSES, type RequestStatus } from '../../core/access/access-request.ts';
import { AccessError } from '../../core/access/errors.ts';
import { opaqueId } from '../../core/access/ids.ts';
import { isAtLeast } from '../../core/access/role.ts';
import { whoseRecords } from '../http/whose-records.ts';
import { operation, type Operation } from '../http/operation.ts';
import type { Knex } from '../db/knex.ts';
import { decodeCursor, pageQuery, timeCursor, toPage } from '../http/pagination.ts';
import type { AccessRequestRow } from './access-request-row.ts';
import { presentAccessRequest } from './present-access-request.ts';
import {
  accessRequestViewSchema,
  presentAccessRequests,
  suggestScopes,
  type PresentPorts,
} from './present-access-requests.ts';

const idParams = z.object({ id: opaqueId });

/** By the status people see: an undecided request is over when its time is, recorded or not. */
function whereStatus(query: Knex.QueryBuilder, status: RequestStatus, now: Date): void {
  if (status === 'pending') void query.where({ status }).where('pending_until', '>', now);
  else if (status === 'expired') {
    void query.where((either) => {
      void either
        .where({ status })
        .orWhere((late) => void late.where({ status: 'pending' }).where('pending_until', '<=', now));
    });
  } else void query.where({ status });
}

export function readOperations(ports: PresentPorts): Operation[] {
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
        const requester = whoseRecords(query.requester, caller);
        const after = decodeCursor(query.cursor, timeCursor);
        const rows: AccessRequestRow[] = await knex('access_requests')
          .modify((q) => {
            if (requester !== undefined) void q.where({ requester_id: requester });
            if (query.status !== undefined) whereStatus(q, query.status, new Date(ports.clock()));
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
        const view = await presentAccessRequest(ports, row, caller);
        return {
          status: 200,
          body: { ...view, suggested_scopes: view.can_review ? await suggestScopes(ports, row, caller) : [] },
        };
      },
    }),
  ];
}
