import { z } from 'zod';
import { opaqueId } from '../../core/access/ids.ts';
import type { Knex } from '../db/knex.ts';
import { operation, type Operation } from '../http/operation.ts';
import { decodeCursor, pageQuery, toPage } from '../http/pagination.ts';
import { toAuditEntry, type AuditRow } from './audit-rows.ts';

const person = z.object({ id: z.string(), email: z.string(), name: z.string() });

const auditEventSchema = z.object({
  sequence: z.int(),
  id: z.string(),
  time: z.iso.datetime(),
  type: z.string(),
  actor: person.nullable(),
  subject: person.nullable(),
  request_id: z.string().nullable(),
  grant_id: z.string().nullable(),
  evaluation_id: z.string().nullable(),
  summary: z.string(),
  details: z.record(z.string(), z.unknown()),
  previous_hash: z.string(),
  hash: z.string(),
});

export function auditOperations(knex: Knex): Operation[] {
  return [
    operation({
      method: 'get',
      path: '/v1/audit-events',
      tag: 'audit',
      summary: 'Read the audit log, newest first',
      minimumRole: 'admin',
      query: z.strictObject({
        subject: opaqueId.optional(),
        actor: opaqueId.optional(),
        request_id: opaqueId.optional(),
        grant_id: opaqueId.optional(),
        type: z.string().max(100).optional(),
        ...pageQuery,
      }),
      responses: {
        200: {
          description: 'Entries',
          schema: z.object({ items: z.array(auditEventSchema), next_cursor: z.string().nullable() }),
        },
      },
      async run({ query }) {
        const after = decodeCursor(query.cursor, z.tuple([z.int()]));
        const rows: AuditRow[] = await knex('audit_entries')
          .modify((q) => {
            if (query.subject !== undefined) void q.whereRaw(`subject ->> 'id' = ?`, [query.subject]);
            if (query.actor !== undefined) void q.whereRaw(`actor ->> 'id' = ?`, [query.actor]);
            if (query.request_id !== undefined) void q.where({ request_id: query.request_id });
            if (query.grant_id !== undefined) void q.where({ grant_id: query.grant_id });
            if (query.type !== undefined) void q.where({ type: query.type });
            if (after !== null) void q.where('sequence', '<', after[0]);
          })
          .orderBy('sequence', 'desc')
          .limit(query.limit + 1);
        return { status: 200, body: toPage(rows, query.limit, toAuditEntry, (row) => [row.sequence]) };
      },
    }),
  ];
}
