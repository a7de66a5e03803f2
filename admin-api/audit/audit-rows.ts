import type { AuditPerson } from '../db/unit-of-work.ts';
import type { AuditEntry } from './audit-entry.ts';

/** The columns an entry is made of; the table has more, for searching. */
export const ENTRY_COLUMNS = [
  'sequence',
  'id',
  'time',
  'type',
  'actor',
  'subject',
  'request_id',
  'grant_id',
  'evaluation_id',
  'summary',
  'details',
  'previous_hash',
  'hash',
] as const;

export interface AuditRow {
  sequence: number;
  id: string;
  time: Date;
  type: string;
  actor: AuditPerson | null;
  subject: AuditPerson | null;
  request_id: string | null;
  grant_id: string | null;
  evaluation_id: string | null;
  summary: string;
  details: Record<string, unknown>;
  previous_hash: string;
  hash: string;
}

/** An entry with its own hash, as it is shown, exported and archived. */
export type HashedAuditEntry = AuditEntry & { readonly hash: string };

export function toAuditEntry(row: AuditRow): HashedAuditEntry {
  return { ...row, time: row.time.toISOString() };
}
