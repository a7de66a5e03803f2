import { newId } from '../../core/access/ids.ts';
import type { Knex } from '../db/knex.ts';
import type { AuditDraft } from '../db/unit-of-work.ts';
import { hashAuditEntry, type AuditEntry } from './audit-entry.ts';

/**
 * Puts entries at the end of the chain, in the transaction that did what they tell of. The head row stays locked until
 * that transaction ends: two writers can't both follow the same entry.
 */
export async function appendAuditEntries(
  trx: Knex.Transaction,
  drafts: readonly AuditDraft[],
  nowMs: number,
): Promise<void> {
  const head = await trx('audit_head').forUpdate().first<{ sequence: number; hash: string }>('sequence', 'hash');
  if (head === undefined) throw new Error('The audit log has no head row; the database was not migrated.');
  let { sequence, hash } = head;
  const rows = drafts.map((draft) => {
    sequence += 1;
    const entry: AuditEntry = {
      sequence,
      id: newId('event'),
      time: new Date(nowMs).toISOString(),
      type: draft.type,
      actor: draft.actor,
      subject: draft.subject,
      request_id: draft.request_id ?? null,
      grant_id: draft.grant_id ?? null,
      evaluation_id: draft.evaluation_id ?? null,
      summary: draft.summary,
      details: draft.details ?? {},
      previous_hash: hash,
    };
    hash = hashAuditEntry(entry);
    return { ...entry, actor: json(entry.actor), subject: json(entry.subject), details: json(entry.details), hash };
  });
  await trx('audit_entries').insert(rows);
  const time = new Date(nowMs);
  await trx('audit_head').update({
    sequence,
    hash,
    latest_time: trx.raw('greatest(latest_time, ?)', [time]),
    disorder_ms: trx.raw(
      'greatest(disorder_ms, ceil(extract(epoch FROM greatest(latest_time, ?) - ?::timestamptz) * 1000)::bigint)',
      [time, time],
    ),
  });
}

function json(value: unknown): string | null {
  return value === null ? null : JSON.stringify(value);
}
