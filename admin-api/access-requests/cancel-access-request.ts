import { nextStatus } from '../../core/access/access-request.ts';
import { AccessError } from '../../core/access/errors.ts';
import { entitlementKey } from '../../core/access/grant.ts';
import { personOf } from '../db/person-row.ts';
import type { AuditPerson, RunUnitOfWork, UnitOfWork } from '../db/unit-of-work.ts';
import type { CurrentPerson } from '../http/current-person.ts';
import { askedTerms, statusAt, type AccessRequestRow } from './access-request-row.ts';
import { readableTerms } from './readable-terms.ts';

/**
 * The requester takes the request back.
 * @throws AccessError `not-found` (also for other people's requests), `already-decided`
 */
export async function cancelAccessRequest(
  run: RunUnitOfWork,
  caller: CurrentPerson,
  requestId: string,
): Promise<AccessRequestRow> {
  const { result } = await run(async (unit) => {
    const request: AccessRequestRow | undefined = await unit
      .trx('access_requests')
      .where({ id: requestId, requester_id: caller.id })
      .forUpdate()
      .first();
    if (request === undefined) throw new AccessError('not-found', 'You have no such request.');
    return cancelWithin(unit, caller, request);
  });
  return result;
}

/**
 * Takes back a request whose row the transaction holds.
 * @param said what came with it, for the audit
 * @throws AccessError `already-decided`
 */
export async function cancelWithin(
  unit: UnitOfWork,
  requester: AuditPerson,
  request: AccessRequestRow,
  said: Readonly<Record<string, unknown>> = {},
): Promise<AccessRequestRow> {
  const [cancelled] = (await unit
    .trx('access_requests')
    .where({ id: request.id })
    .update({ status: nextStatus(statusAt(request, unit.nowMs), 'cancel'), decided_at: new Date(unit.nowMs) })
    .returning('*')) as [AccessRequestRow];
  unit.audit({
    type: 'access-request.cancelled',
    actor: personOf(requester),
    subject: personOf(requester),
    request_id: request.id,
    evaluation_id: request.evaluation_id,
    summary: `${requester.name} took the request for ${entitlementKey(askedTerms(request).entitlement)} back.`,
    details: { asked: readableTerms(askedTerms(request)), ...said },
  });
  unit.emit({ type: 'access-request.cancelled', request_id: request.id });
  return cancelled;
}
