import type { Knex } from '../db/knex.ts';
import { GENESIS_HASH, hashAuditEntry } from './audit-entry.ts';
import { toAuditEntry, type AuditRow } from './audit-rows.ts';

export type AuditVerdict =
  | { readonly sound: true; readonly entries: number; readonly head: string }
  | {
      readonly sound: false;
      /** Sequence of the first entry that does not hold. */
      readonly sequence: number;
      readonly problem: string;
    };

const BATCH = 1_000;

/** Walks the whole chain from its beginning, in batches, and names the first entry that is missing, moved or changed. */
export async function verifyAuditChain(knex: Knex): Promise<AuditVerdict> {
  let sequence = 0;
  let hash = GENESIS_HASH;
  for (;;) {
    const rows: AuditRow[] = await knex('audit_entries')
      .where('sequence', '>', sequence)
      .orderBy('sequence')
      .limit(BATCH);
    for (const row of rows) {
      if (row.sequence !== sequence + 1) {
        return { sound: false, sequence: sequence + 1, problem: 'the entry is missing' };
      }
      const { hash: recorded, ...entry } = toAuditEntry(row);
      if (entry.previous_hash !== hash) {
        return { sound: false, sequence: row.sequence, problem: 'it does not follow the entry before it' };
      }
      if (hashAuditEntry(entry) !== recorded) {
        return { sound: false, sequence: row.sequence, problem: 'its content does not match its hash' };
      }
      sequence = row.sequence;
      hash = recorded;
    }
    if (rows.length < BATCH) break;
  }
  const head = await knex('audit_head').first<{ sequence: number; hash: string }>('sequence', 'hash');
  if (head === undefined || head.sequence !== sequence || head.hash !== hash) {
    return {
      sound: false,
      sequence: sequence + 1,
      problem: `the log ends at ${sequence}, its head says ${head?.sequence ?? 'nothing'}`,
    };
  }
  return { sound: true, entries: sequence, head: hash };
}
