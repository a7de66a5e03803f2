import { createHash } from 'node:crypto';
import type { Knex } from '../db/knex.ts';
import { whereAudit, type AuditConditions } from './audit-conditions.ts';
import type { ChainLink } from './audit-head.ts';
import { ENTRY_COLUMNS, toAuditEntry, type AuditRow } from './audit-rows.ts';
import type { ExportFormat } from './export-format.ts';

/** Entries of one query; what is in memory at a time, but for what the socket has not taken yet. */
const BATCH = 1_000;
/** Sequences one query looks through: none runs long, so a client that goes away is noticed soon. */
const STRIDE = 20_000;

type ExportRow = AuditRow & { about: string | null };

/**
 * The entries that match, oldest first, in pieces of text. The last line says how many there were, where the log ended when the
 * export began, and what the pieces before it hash to: without it, an export is not whole.
 * @param head where the log ends; what is added meanwhile is not in it
 */
export async function* exportAudit(
  knex: Knex,
  conditions: AuditConditions,
  head: ChainLink,
  format: ExportFormat,
): AsyncGenerator<string, void> {
  const digest = createHash('sha256');
  let entries = 0;
  const begin = format.begin();
  digest.update(begin);
  yield begin;
  const high = Math.min(conditions.span.high, head.sequence);
  let low = conditions.span.low;
  while (low <= high) {
    const end = Math.min(high, low + STRIDE - 1);
    const rows: ExportRow[] = await knex('audit_entries')
      .select([...ENTRY_COLUMNS, 'about'])
      .whereBetween('sequence', [low, end])
      .modify((query) => whereAudit(query, conditions))
      .orderBy('sequence')
      .limit(BATCH);
    const piece = rows.map(({ about, ...row }) => format.line(toAuditEntry(row), about)).join('');
    entries += rows.length;
    digest.update(piece);
    if (piece !== '') yield piece;
    low = rows.length === BATCH ? (rows.at(-1) as ExportRow).sequence + 1 : end + 1;
  }
  yield format.end({ entries, head, sha256: digest.digest('hex') });
}
