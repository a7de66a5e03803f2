import { entitlementKey, warningTime } from '../../core/access/grant.ts';
import { entitlementFromColumns } from '../db/entitlement-columns.ts';
import { toGrant, type GrantRow } from '../db/grant-row.ts';
import { personOf, type PersonRow } from '../db/person-row.ts';
import type { RunUnitOfWork } from '../db/unit-of-work.ts';

export const WARNING_BATCH = 100;

/**
 * Records that holders are to be warned of the end that comes near (R33), once per grant. What has ended or is
 * permanent by now gets none.
 * @returns how many were recorded
 */
export async function warnExpiringGrants(run: RunUnitOfWork, only?: { readonly grantId: string }): Promise<number> {
  const { result } = await run(async (unit) => {
    const now = new Date(unit.nowMs);
    const rows: GrantRow[] = await unit
      .trx('grants')
      .modify((query) => (only === undefined ? query : query.where({ id: only.grantId })))
      .whereNull('ended_at')
      .whereNull('warned_at')
      .where('expires_at', '>', now)
      // The same rule as warningTime(), which has the last word below: SQL only finds the candidates.
      .whereRaw(
        `(CASE WHEN expires_at - starts_at < interval '2 hours' THEN starts_at + (expires_at - starts_at) / 2
               ELSE expires_at - interval '1 hour' END) <= ?`,
        [now],
      )
      .orderBy('expires_at')
      .limit(WARNING_BATCH)
      .forUpdate()
      .skipLocked();
    for (const row of rows) {
      const due = warningTime(toGrant(row));
      if (due === null || due > unit.nowMs) continue;
      await unit.trx('grants').where({ id: row.id }).update({ warned_at: now });
      const holder: PersonRow | undefined = await unit.trx('people').where({ id: row.subject_id }).first();
      if (holder === undefined) continue;
      unit.audit({
        type: 'grant.expiry-warned',
        actor: null,
        subject: personOf(holder),
        request_id: row.request_id,
        grant_id: row.id,
        summary: `${holder.name} is told that ${entitlementKey(entitlementFromColumns(row))} ends at ${row.expires_at?.toISOString()}.`,
        details: { expires_at: row.expires_at?.toISOString() ?? null },
      });
      unit.emit({ type: 'grant.expiring', grant_id: row.id });
    }
    return rows.length;
  });
  return result;
}
