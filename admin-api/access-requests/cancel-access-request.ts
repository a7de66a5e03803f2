import { nextStatus } from '../../core/access/access-request.ts';
import { AccessError } from '../../core/access/errors.ts';
import { entitlementKey } from '../../core/access/grant.ts';
import { personOf } from '../db/person-row.ts';
import type { RunUnitOfWork } from '../db/unit-of-work.ts';
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
    const [cancelled] = (await unit
      .trx('access_requests')
      .where({ id: requestId })
      .update({ status: nextStatus(statusAt(request, unit.nowMs), 'cancel'), decided_at: new Date(unit.nowMs) })
      .returning('*')) as [AccessRequestRow];
    unit.audit({
      type: 'access-request.cancelled',
      actor: personOf(caller),
      subject: personOf(caller),
      request_id: requestId,
      evaluation_id: request.evaluation_id,
      summary: `${caller.name} took the request for ${entitlementKey(askedTerms(request).entitlement)} back.`,
      details: { asked: readableTerms(askedTerms(request)) },
    });
    unit.emit({ type: 'access-request.cancelled', request_id: requestId });
    return cancelled;
  });
  return result;
}
