import type { Grant, GrantEndReason, GrantOrigin } from '../../core/access/grant.ts';
import type { Fact } from '../../core/feed/fact.ts';
import { entitlementFromColumns, type EntitlementColumns } from './entitlement-columns.ts';

export interface GrantRow extends EntitlementColumns {
  id: string;
  subject_id: string;
  starts_at: Date;
  expires_at: Date | null;
  request_id: string | null;
  origin: GrantOrigin;
  created_at: Date;
  created_by: string | null;
  warned_at: Date | null;
  first_used_at: Date | null;
  ended_at: Date | null;
  end_reason: GrantEndReason | null;
  ended_by: string | null;
  end_note: string | null;
}

export function toGrant(row: GrantRow): Grant {
  return {
    id: row.id,
    subject_id: row.subject_id,
    entitlement: entitlementFromColumns(row),
    starts_at: row.starts_at.getTime(),
    expires_at: row.expires_at?.getTime() ?? null,
    request_id: row.request_id,
  };
}

/** The grant as the feed carries it; null once it has ended. */
export function grantFact(row: GrantRow): Fact {
  return { kind: 'grant', id: row.id, value: row.ended_at === null ? toGrant(row) : null };
}
