import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import { z } from 'zod';
import { personOf } from '../db/person-row.ts';
import type { Clock } from '../../core/process/clock.ts';
import { describeError, type Logger } from '../../core/process/logger.ts';
import type { Knex } from '../db/knex.ts';
import type { RunUnitOfWork } from '../db/unit-of-work.ts';
import { operation, type Operation } from '../http/operation.ts';
import { readyConditions } from './audit-conditions.ts';
import { assertSpan, auditFilterQuery, type AuditFilter } from './audit-filter.ts';
import { readHead } from './audit-head.ts';
import { exportAudit } from './export-audit.ts';
import { EXPORT_FORMATS } from './export-format.ts';

export interface ExportPorts {
  readonly knex: Knex;
  readonly run: RunUnitOfWork;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * The whole log or what a filter leaves of it, as a file. That somebody took it is itself an entry, written before the first
 * byte goes out: a trace of the reading, like a line in a log, not a change of anything.
 */
export function exportOperation({ knex, run, clock, logger }: ExportPorts): Operation {
  return operation({
    method: 'get',
    path: '/v1/audit-events/export',
    tag: 'audit',
    summary: 'Download the audit log or a part of it, oldest first; the last line tells that it is whole',
    minimumRole: 'admin',
    query: z.strictObject({ ...auditFilterQuery, format: z.enum(['csv', 'ndjson']) }),
    responses: { 200: { description: 'CSV (RFC 4180) or one JSON object a line', mediaType: 'application/x-ndjson' } },
    async run({ query: { format: name, ...filter }, caller }) {
      assertSpan(filter);
      const format = EXPORT_FORMATS[name];
      const head = await readHead(knex);
      const conditions = await readyConditions(knex, filter, null);
      const who = personOf(caller);
      return {
        status: 200,
        async stream(response) {
          const atMost = Math.max(0, Math.min(conditions.span.high, head.sequence) - conditions.span.low + 1);
          response.status(200).set({
            'content-type': format.mediaType,
            'content-disposition': `attachment; filename="hallpass-audit-${fileTime(clock())}.${format.extension}"`,
            'cache-control': 'no-store',
            'x-accel-buffering': 'no',
            'hallpass-export-at-most': String(atMost),
          });
          if (response.req.method === 'HEAD') return void response.end();
          await run(async (unit) => {
            unit.audit({
              type: 'audit.exported',
              actor: who,
              subject: null,
              summary: `${who.name} exported the audit log${isFiltered(filter) ? ', filtered' : ''} as ${name.toUpperCase()}.`,
              details: { format: name, filter: { ...filter }, up_to: head.sequence },
            });
          });
          await send(response, exportAudit(knex, conditions, head, format), logger);
        },
      };
    },
  });
}

/**
 * No faster than the client reads. A client that goes away ends the reading of the database with its next batch; what goes
 * wrong here breaks the connection off, so that nobody takes a part for the whole.
 */
async function send(response: Response, pieces: AsyncGenerator<string>, logger: Logger): Promise<void> {
  try {
    await pipeline(Readable.from(pieces, { objectMode: true, highWaterMark: 1 }), response);
  } catch (error) {
    if (describeError(error).code !== 'ERR_STREAM_PREMATURE_CLOSE') {
      logger.error({ err: error, request_id: response.locals['requestId'] as string }, 'an export broke off');
    }
    response.destroy();
  }
}

function isFiltered(filter: AuditFilter): boolean {
  return Object.values(filter).some((value) => value !== undefined);
}

/** `2026-01-31T08-30-00Z`: no colons, which some file systems refuse. */
function fileTime(nowMs: number): string {
  return `${new Date(nowMs).toISOString().slice(0, 19).replaceAll(':', '-')}Z`;
}
