import { z } from 'zod';
import type { Entitlement } from '../../core/access/grant.ts';
import { opaqueId } from '../../core/access/ids.ts';
import type { Clock } from '../../core/process/clock.ts';
import type { GrantRow } from '../db/grant-row.ts';
import type { Knex } from '../db/knex.ts';
import type { RunUnitOfWork } from '../db/unit-of-work.ts';
import { askedPeriodShape, readPeriod } from '../http/asked-period.ts';
import { askedForShape, toEntitlement } from '../http/asked-for.ts';
import type { CurrentPerson } from '../http/current-person.ts';
import { whoseRecords } from '../http/whose-records.ts';
import { operation, type Operation } from '../http/operation.ts';
import { decodeCursor, pageQuery, timeCursor, toPage } from '../http/pagination.ts';
import { text } from '../http/text.ts';
import { assignGrant } from './assign-grant.ts';
import { revokeGrant } from './end-grant.ts';
import { listGrants } from './list-grants.ts';
import { grantViewSchema, presentGrants } from './present-grants.ts';
import { revokeAllOperation } from './revoke-all-operation.ts';

const written = z.object({ grant: grantViewSchema, feed_revision: z.int().nullable() });

export interface GrantPorts {
  readonly knex: Knex;
  readonly run: RunUnitOfWork;
  readonly clock: Clock;
  /** @throws AccessError `not-found` when what an entitlement names is not there */
  readonly assertExists: (knex: Knex, entitlement: Entitlement) => Promise<void>;
}

export function grantOperations(ports: GrantPorts): Operation[] {
  const { knex, run, clock, assertExists } = ports;
  const presentOne = async (row: GrantRow, caller: CurrentPerson) =>
    (await presentGrants(knex, [row], clock(), caller.id))[0];
  return [
    operation({
      method: 'get',
      path: '/v1/grants',
      tag: 'grants',
      summary: "List grants, newest first: one's own, for Admins everybody's",
      query: z.strictObject({
        subject: opaqueId.optional().describe('a person id, or me'),
        active: z.enum(['true', 'false']).optional(),
        ...pageQuery,
      }),
      responses: {
        200: {
          description: 'Grants',
          schema: z.object({ items: z.array(grantViewSchema), next_cursor: z.string().nullable() }),
        },
      },
      async run({ query, caller }) {
        const subject = whoseRecords(query.subject, caller);
        const rows = await listGrants(
          knex,
          { subjectId: subject, active: query.active === undefined ? undefined : query.active === 'true' },
          { after: decodeCursor(query.cursor, timeCursor), limit: query.limit },
          clock(),
        );
        const page = toPage(
          rows,
          query.limit,
          (row) => row,
          (row) => [row.created_at.toISOString(), row.id],
        );
        return { status: 200, body: { ...page, items: await presentGrants(knex, page.items, clock(), caller.id) } };
      },
    }),
    operation({
      method: 'post',
      path: '/v1/grants',
      tag: 'grants',
      summary: 'Give access without a request (an assignment)',
      minimumRole: 'admin',
      body: z.strictObject({
        subject_id: opaqueId,
        ...askedForShape,
        ...askedPeriodShape,
        reason: text(2000).optional(),
      }),
      responses: { 201: { description: 'Given', schema: written } },
      async run({ body, caller }) {
        const { result, feedRevision } = await assignGrant(run, assertExists, caller, {
          subject_id: body.subject_id,
          entitlement: toEntitlement(body),
          ...readPeriod(body, clock()),
          note: body.reason || null,
        });
        return { status: 201, body: { grant: await presentOne(result, caller), feed_revision: feedRevision } };
      },
    }),
    operation({
      method: 'post',
      path: '/v1/grants/{id}/revoke',
      tag: 'grants',
      summary: "End a grant now: anybody's for Admins and the Owner, one's own for everybody",
      params: z.object({ id: opaqueId }),
      body: z.strictObject({ reason: text(2000).optional() }),
      responses: { 200: { description: 'Ended', schema: written } },
      async run({ params, body, caller }) {
        const { result, feedRevision } = await revokeGrant(run, caller, params.id, body.reason ?? null);
        return { status: 200, body: { grant: await presentOne(result, caller), feed_revision: feedRevision } };
      },
    }),
    revokeAllOperation(ports),
  ];
}
