import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { AuditPerson } from '../db/unit-of-work.ts';

/** What the first entry names as its predecessor. */
export const GENESIS_HASH = '0'.repeat(64);

export interface AuditEntry {
  readonly sequence: number;
  readonly id: string;
  /** RFC 3339, milliseconds, UTC. */
  readonly time: string;
  readonly type: string;
  readonly actor: AuditPerson | null;
  readonly subject: AuditPerson | null;
  readonly request_id: string | null;
  readonly grant_id: string | null;
  readonly evaluation_id: string | null;
  readonly summary: string;
  readonly details: Readonly<Record<string, unknown>>;
  /** Hex SHA-256 of the entry before; `GENESIS_HASH` for the first. */
  readonly previous_hash: string;
}

/** Hex SHA-256 over the JSON Canonicalization Scheme form (RFC 8785) of the entry, its predecessor's hash included. */
export function hashAuditEntry(entry: AuditEntry): string {
  const canonical = canonicalize(entry);
  if (canonical === undefined) throw new TypeError('An audit entry must be JSON.');
  return createHash('sha256').update(canonical, 'utf8').digest('hex');
}
