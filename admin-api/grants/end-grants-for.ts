import { entitlementKey, type Entitlement } from '../../core/access/grant.ts';
import { entitlementToColumns } from '../db/entitlement-columns.ts';
import type { GrantRow } from '../db/grant-row.ts';
import type { AuditPerson, UnitOfWork } from '../db/unit-of-work.ts';
import { endGrants } from './end-grant.ts';

/**
 * Ends every grant of one thing, because the thing is going away: one made later under the same name must not find old
 * grants waiting for it.
 */
export async function endGrantsFor(unit: UnitOfWork, entitlement: Entitlement, actor: AuditPerson): Promise<void> {
  const rows: GrantRow[] = await unit
    .trx('grants')
    .where(entitlementToColumns(entitlement))
    .whereNull('ended_at')
    .orderBy('id')
    .forUpdate();
  await endGrants(unit, rows, 'revoked', actor, `${entitlementKey(entitlement)} was deleted.`);
}
