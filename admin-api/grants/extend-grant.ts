import { entitlementKey } from '../../core/access/grant.ts';
import { entitlementFromColumns } from '../db/entitlement-columns.ts';
import { grantFact, type GrantRow } from '../db/grant-row.ts';
import type { AuditPerson, UnitOfWork } from '../db/unit-of-work.ts';

export interface MoreTimeGiven {
  readonly subject: AuditPerson;
  /** Milliseconds since the Unix epoch; null: permanent from now on. */
  readonly expires_at: number | null;
  readonly request_id: string;
  readonly evaluation_id: string | null;
  /** null: given by the policy. */
  readonly given_by: AuditPerson | null;
  readonly note: string | null;
}

/**
 * Moves the end of a grant whose row the transaction holds. It stays the same grant, so whatever rides on it goes on;
 * its holder is warned of the new end as of the first.
 */
export async function extendGrant(unit: UnitOfWork, row: GrantRow, given: MoreTimeGiven): Promise<GrantRow> {
  const expiresAt = given.expires_at === null ? null : new Date(given.expires_at);
  const [extended] = (await unit
    .trx('grants')
    .where({ id: row.id })
    .update({ expires_at: expiresAt, warned_at: null })
    .returning('*')) as [GrantRow];
  const entitlement = entitlementFromColumns(row);
  const to = expiresAt === null ? 'permanently' : `until ${expiresAt.toISOString()}`;
  unit.audit({
    type: 'grant.extended',
    actor: given.given_by,
    subject: given.subject,
    request_id: given.request_id,
    grant_id: row.id,
    evaluation_id: given.evaluation_id,
    summary: `${given.subject.name} has ${entitlementKey(entitlement)} longer: ${to}.`,
    details: {
      entitlement,
      starts_at: row.starts_at.toISOString(),
      before: { expires_at: row.expires_at?.toISOString() ?? null },
      after: { expires_at: expiresAt?.toISOString() ?? null },
      ...(given.note === null ? {} : { note: given.note }),
    },
  });
  unit.emit({ type: 'grant.extended', grant_id: row.id });
  unit.publish(grantFact(extended));
  return extended;
}
