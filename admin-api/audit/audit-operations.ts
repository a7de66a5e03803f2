import { z } from 'zod';
import { AccessError } from '../../core/access/errors.ts';
import { opaqueId } from '../../core/access/ids.ts';
import type { Knex } from '../db/knex.ts';
import { operation, type Operation } from '../http/operation.ts';
import { decodeCursor, pageQuery, toPage } from '../http/pagination.ts';
import { readyConditions } from './audit-conditions.ts';
import { auditEventSchema } from './audit-event-schema.ts';
import { assertSpan, auditFilterQuery } from './audit-filter.ts';
import { ENTRY_COLUMNS, toAuditEntry, type AuditRow } from './audit-rows.ts';
import { findAuditEntries } from './find-audit-entries.ts';
import { findAuditThread } from './find-audit-thread.ts';

const threadSchema = z.object({
  request_ids: z.array(z.string()).describe('the request and those that extended its grant'),
  grant_ids: z.array(z.string()),
  denial: z
    .object({
      evaluation_id: z.string(),
      action: z.string().nullable(),
      time: z.iso.datetime().nullable(),
      sidecar: z.string().nullable(),
      verified: z.boolean().describe('whether the sidecar vouches for it'),
    })
    .nullable(),
  items: z.array(auditEventSchema).describe('oldest first'),
  truncated: z.boolean(),
});

/** Reading the audit log, for Admins and the Owner (R44). */
export function auditOperations(knex: Knex): Operation[] {
  return [
    operation({
      method: 'get',
      path: '/v1/audit-events',
      tag: 'audit',
      summary: 'Read the audit log, newest first',
      minimumRole: 'admin',
      query: z.strictObject({ ...auditFilterQuery, ...pageQuery }),
      responses: {
        200: {
          description: 'Entries',
          schema: z.object({ items: z.array(auditEventSchema), next_cursor: z.string().nullable() }),
        },
      },
      async run({ query: { cursor, limit, ...filter } }) {
        assertSpan(filter);
        const after = decodeCursor(cursor, z.tuple([z.int().min(1)]));
        const conditions = await readyConditions(knex, filter, after?.[0] ?? null);
        const rows = await findAuditEntries(knex, conditions, limit + 1);
        return { status: 200, body: toPage(rows, limit, toAuditEntry, (row) => [row.sequence]) };
      },
    }),
    operation({
      method: 'get',
      path: '/v1/audit-events/thread',
      tag: 'audit',
      summary: 'Read the whole story of a request: denial, request, reviews, grant, first use, extensions, end',
      minimumRole: 'admin',
      query: z.strictObject({ request_id: opaqueId }),
      responses: { 200: { description: 'The story, oldest first', schema: threadSchema } },
      async run({ query }) {
        const thread = await findAuditThread(knex, query.request_id);
        if (thread === null) throw new AccessError('not-found', 'Nothing is recorded of such a request.');
        const { rows, ...story } = thread;
        return { status: 200, body: { ...story, items: rows.map(toAuditEntry) } };
      },
    }),
    operation({
      method: 'get',
      path: '/v1/audit-events/{id}',
      tag: 'audit',
      summary: 'Read one entry',
      minimumRole: 'admin',
      params: z.object({ id: opaqueId }),
      responses: { 200: { description: 'The entry', schema: auditEventSchema } },
      async run({ params }) {
        const row = await knex('audit_entries').where({ id: params.id }).first<AuditRow>(ENTRY_COLUMNS);
        if (row === undefined) {
          throw new AccessError('not-found', 'There is no such entry here. Older ones may have been archived.');
        }
        return { status: 200, body: toAuditEntry(row) };
      },
    }),
  ];
}
