import { nextStatus } from '../../core/access/access-request.ts';
import { entitlementKey } from '../../core/access/grant.ts';
import { personOf, type PersonRow } from '../db/person-row.ts';
import type { RunUnitOfWork, UnitOfWork } from '../db/unit-of-work.ts';
import { askedTerms, type AccessRequestRow } from './access-request-row.ts';
import { readableTerms } from './readable-terms.ts';

export const TIMEOUT_BATCH = 100;

/**
 * Records that nobody decided in time. A late review was refused by the clock already; this tells the requester.
 * @returns how many were recorded
 */
export async function expirePendingRequests(run: RunUnitOfWork): Promise<number> {
  const { result } = await run((unit) => recordTimeouts(unit, {}));
  return result;
}

/** The same within a transaction, for one person where one is named: what is over must not be joined. */
export async function recordTimeouts(unit: UnitOfWork, only: { readonly requester_id?: string }): Promise<number> {
  const due: AccessRequestRow[] = await unit
    .trx('access_requests')
    .where({ status: 'pending', ...only })
    .where('pending_until', '<=', new Date(unit.nowMs))
    .orderBy('pending_until')
    .limit(TIMEOUT_BATCH)
    .forUpdate()
    .modify((query) => (only.requester_id === undefined ? query.skipLocked() : query));
  for (const row of due) {
    const requester: PersonRow | undefined = await unit.trx('people').where({ id: row.requester_id }).first();
    if (requester === undefined) throw new Error(`request of unknown person ${row.requester_id}`);
    await unit
      .trx('access_requests')
      .where({ id: row.id })
      .update({ status: nextStatus(row.status, 'expire'), decided_at: row.pending_until });
    unit.audit({
      type: 'access-request.expired',
      actor: null,
      subject: personOf(requester),
      request_id: row.id,
      evaluation_id: row.evaluation_id,
      summary: `Nobody decided in time about ${entitlementKey(askedTerms(row).entitlement)} for ${requester.name}.`,
      details: { asked: readableTerms(askedTerms(row)), pending_until: row.pending_until.toISOString() },
    });
    unit.emit({ type: 'access-request.expired', request_id: row.id });
  }
  return due.length;
}
