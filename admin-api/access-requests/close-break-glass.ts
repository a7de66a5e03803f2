import { AccessError } from '../../core/access/errors.ts';
import { entitlementKey } from '../../core/access/grant.ts';
import { mayReview } from '../../core/access/review.ts';
import { isAtLeast } from '../../core/access/role.ts';
import { personOf } from '../db/person-row.ts';
import type { CurrentPerson } from '../http/current-person.ts';
import type { AccessRequestPorts } from './access-request-ports.ts';
import { askedTerms, type AccessRequestRow } from './access-request-row.ts';

/**
 * The review after an emergency, by somebody who could have reviewed the request. It ends no access; revoking does.
 * @throws AccessError `not-found`, `self-review`, `not-allowed`, `already-decided`, `conflict` for a request that was none
 */
export async function closeBreakGlass(
  ports: AccessRequestPorts,
  caller: CurrentPerson,
  requestId: string,
  closing: { readonly justified: boolean; readonly note: string },
): Promise<AccessRequestRow> {
  const { result } = await ports.run(async (unit) => {
    const request: AccessRequestRow | undefined = await unit
      .trx('access_requests')
      .where({ id: requestId })
      .forUpdate()
      .first();
    const reviewer = await ports.findPerson(unit.trx, caller.id, unit.nowMs, true);
    const isOwn = request?.requester_id === caller.id;
    if (request === undefined || reviewer === null || !(isOwn || isAtLeast(reviewer.role, 'admin'))) {
      throw new AccessError('not-found', 'There is no such request.');
    }
    if (!request.break_glass) {
      throw new AccessError('conflict', 'This request was no emergency; there is nothing to close.');
    }
    if (isOwn)
      throw new AccessError('self-review', 'Nobody reviews their own emergency. Ask another Admin or the Owner.');
    const requester = await ports.findPerson(unit.trx, request.requester_id, unit.nowMs, false);
    if (requester === null) throw new AccessError('not-found', 'There is no such person.');
    const { entitlement } = askedTerms(request);
    const owners = (await ports.ownersOf(unit.trx, [entitlement])).get(entitlementKey(entitlement)) ?? [];
    if (!request.stages.some((stage) => mayReview(reviewer, requester.id, stage.reviewers, owners))) {
      throw new AccessError('not-allowed', 'Only those who could have reviewed the request may close it.');
    }
    if (request.break_glass_closed_at !== null) {
      throw new AccessError('already-decided', 'This emergency is closed already; nothing was changed.');
    }
    const [closed] = (await unit
      .trx('access_requests')
      .where({ id: request.id })
      .update({
        break_glass_closed_at: new Date(unit.nowMs),
        break_glass_closed_by: reviewer.id,
        break_glass_justified: closing.justified,
        break_glass_note: closing.note,
      })
      .returning('*')) as [AccessRequestRow];
    unit.audit({
      type: 'access-request.break-glass-closed',
      actor: personOf(reviewer),
      subject: personOf(requester),
      request_id: request.id,
      evaluation_id: request.evaluation_id,
      summary: `${reviewer.name} found that ${requester.name} was ${closing.justified ? '' : 'not '}right to take ${entitlementKey(entitlement)} in an emergency.`,
      details: { justified: closing.justified, note: closing.note },
    });
    unit.emit({ type: 'access-request.break-glass-closed', request_id: request.id });
    return closed;
  });
  return result;
}
