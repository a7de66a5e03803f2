import { entitlementKey, type GrantEndReason } from '../../core/access/grant.ts';
import { entitlementFromColumns, type EntitlementColumns } from '../db/entitlement-columns.ts';
import type { GrantRow } from '../db/grant-row.ts';
import { personOf, type PersonRow } from '../db/person-row.ts';
import type { AuditPerson, UnitOfWork } from '../db/unit-of-work.ts';

interface PendingExtension extends EntitlementColumns {
  readonly id: string;
  readonly requester_id: string;
  readonly extends_grant_id: string;
  readonly evaluation_id: string | null;
}

const WHY: Record<Exclude<GrantEndReason, 'expired'>, string> = {
  revoked: 'the access was revoked.',
  'given-up': 'the access was given up.',
};

/**
 * Takes back what asks for more time with grants that somebody has just ended: there is nothing left to extend. An
 * extension of access that has run out stays: it may still be given, from then on.
 * @param holders the people of these grants, by id
 */
export async function cancelExtensions(
  unit: UnitOfWork,
  ended: readonly GrantRow[],
  holders: ReadonlyMap<string, PersonRow>,
  reason: GrantEndReason,
  actor: AuditPerson | null,
): Promise<void> {
  if (reason === 'expired') return;
  const rows: PendingExtension[] = await unit
    .trx('access_requests')
    .whereIn(
      'extends_grant_id',
      ended.map((row) => row.id),
    )
    .where({ status: 'pending' })
    .where('pending_until', '>', new Date(unit.nowMs))
    .update({ status: 'cancelled', decided_at: new Date(unit.nowMs) })
    .returning('*');
  for (const row of rows.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    const holder = holders.get(row.requester_id);
    if (holder === undefined) throw new Error(`request of unknown person ${row.requester_id}`);
    const thing = entitlementKey(entitlementFromColumns(row));
    unit.audit({
      type: 'access-request.cancelled',
      actor,
      subject: personOf(holder),
      request_id: row.id,
      grant_id: row.extends_grant_id,
      evaluation_id: row.evaluation_id,
      summary: `The request of ${holder.name} for more time for ${thing} is over: ${WHY[reason]}`,
      details: { reason: `There is nothing left to extend: ${WHY[reason]}` },
    });
    unit.emit({ type: 'access-request.cancelled', request_id: row.id });
  }
}
