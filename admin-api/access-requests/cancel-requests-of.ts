import { nextStatus } from '../../core/access/access-request.ts';
import { entitlementKey } from '../../core/access/grant.ts';
import { personOf, type PersonRow } from '../db/person-row.ts';
import type { AuditPerson, UnitOfWork } from '../db/unit-of-work.ts';
import { askedTerms, type AccessRequestRow } from './access-request-row.ts';
import { readableTerms } from './readable-terms.ts';

/** The pending requests of one person, held by the transaction; what nobody decided in time has expired, and stays so. */
export function lockPendingOf(unit: UnitOfWork, requesterId: string): Promise<AccessRequestRow[]> {
  return unit
    .trx('access_requests')
    .where({ requester_id: requesterId, status: 'pending' })
    .where('pending_until', '>', new Date(unit.nowMs))
    .orderBy('id')
    .forUpdate();
}

/** Takes back what somebody asked for who may have nothing any more. */
export async function cancelPendingOf(
  unit: UnitOfWork,
  requesterId: string,
  actor: AuditPerson,
  note: string,
): Promise<void> {
  const rows = await lockPendingOf(unit, requesterId);
  if (rows.length === 0) return;
  const requester: PersonRow | undefined = await unit.trx('people').where({ id: requesterId }).first();
  if (requester === undefined) throw new Error(`request of unknown person ${requesterId}`);
  await unit
    .trx('access_requests')
    .whereIn(
      'id',
      rows.map((row) => row.id),
    )
    .update({ status: nextStatus('pending', 'cancel'), decided_at: new Date(unit.nowMs) });
  for (const row of rows) {
    const asked = askedTerms(row);
    unit.audit({
      type: 'access-request.cancelled',
      actor,
      subject: personOf(requester),
      request_id: row.id,
      evaluation_id: row.evaluation_id,
      summary: `The request of ${requester.name} for ${entitlementKey(asked.entitlement)} was cancelled. ${note}`,
      details: { asked: readableTerms(asked), note },
    });
    unit.emit({ type: 'access-request.cancelled', request_id: row.id });
  }
}
