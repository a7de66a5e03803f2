import type { AuditPerson } from '../db/unit-of-work.ts';
import type { AuditEntry } from './audit-entry.ts';

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

export function toAuditEntry(row: AuditRow): AuditEntry & { readonly hash: string } {
  return { ...row, time: row.time.toISOString() };
}
