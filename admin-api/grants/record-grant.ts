import { endOf, type DurationSeconds } from '../../core/access/duration.ts';
import { entitlementKey, type Entitlement, type GrantOrigin } from '../../core/access/grant.ts';
import { newId } from '../../core/access/ids.ts';
import { entitlementToColumns } from '../db/entitlement-columns.ts';
import { grantFact, type GrantRow } from '../db/grant-row.ts';
import type { AuditPerson, UnitOfWork } from '../db/unit-of-work.ts';

export interface NewGrant {
  readonly subject: AuditPerson;
  readonly entitlement: Entitlement;
  /** Counted from now: the clock of a grant starts at approval (law 4). */
  readonly duration_seconds: DurationSeconds;
  readonly request_id: string | null;
  readonly evaluation_id: string | null;
  readonly origin: GrantOrigin;
  /** null: given by the policy. */
  readonly given_by: AuditPerson | null;
  readonly note: string | null;
}

/** Writes one grant with its audit entry, event and fact into the caller's transaction. */
export async function recordGrant(unit: UnitOfWork, grant: NewGrant): Promise<GrantRow> {
  const expiresAt = endOf(unit.nowMs, grant.duration_seconds);
  const [row] = (await unit
    .trx('grants')
    .insert({
      id: newId('grant'),
      subject_id: grant.subject.id,
      ...entitlementToColumns(grant.entitlement),
      starts_at: new Date(unit.nowMs),
      expires_at: expiresAt === null ? null : new Date(expiresAt),
      request_id: grant.request_id,
      origin: grant.origin,
      created_at: new Date(unit.nowMs),
      created_by: grant.given_by?.id ?? null,
    })
    .returning('*')) as [GrantRow];
  const key = entitlementKey(grant.entitlement);
  unit.audit({
    type: 'grant.created',
    actor: grant.given_by,
    subject: grant.subject,
    request_id: grant.request_id,
    grant_id: row.id,
    evaluation_id: grant.evaluation_id,
    summary: `${grant.subject.name} has ${key} ${expiresAt === null ? 'permanently' : `until ${new Date(expiresAt).toISOString()}`}.`,
    details: {
      entitlement: grant.entitlement,
      duration_seconds: grant.duration_seconds,
      starts_at: row.starts_at.toISOString(),
      expires_at: row.expires_at?.toISOString() ?? null,
      origin: grant.origin,
      ...(grant.note === null ? {} : { note: grant.note }),
    },
  });
  unit.emit({ type: 'grant.created', grant_id: row.id });
  unit.publish(grantFact(row));
  return row;
}
