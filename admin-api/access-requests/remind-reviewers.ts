import { nextStatus } from '../../core/access/access-request.ts';
import { AccessError } from '../../core/access/errors.ts';
import { entitlementKey } from '../../core/access/grant.ts';
import { personOf } from '../db/person-row.ts';
import type { CurrentPerson } from '../http/current-person.ts';
import type { AccessRequestPorts } from './access-request-ports.ts';
import { askedTerms, statusAt, type AccessRequestRow } from './access-request-row.ts';

/** When the reviewers may next be reminded: submitting told them a first time. Milliseconds since the Unix epoch. */
export function canRemindAt(row: Pick<AccessRequestRow, 'reminded_at' | 'submitted_at'>, intervalMs: number): number {
  return (row.reminded_at ?? row.submitted_at).getTime() + intervalMs;
}

/**
 * The requester asks the reviewers once more.
 * @throws AccessError `not-found` (also for other people's requests), `already-decided`, `too-soon`
 */
export async function remindReviewers(
  ports: AccessRequestPorts,
  caller: CurrentPerson,
  requestId: string,
): Promise<AccessRequestRow> {
  const { result } = await ports.run(async (unit) => {
    const request: AccessRequestRow | undefined = await unit
      .trx('access_requests')
      .where({ id: requestId, requester_id: caller.id })
      .forUpdate()
      .first();
    if (request === undefined) throw new AccessError('not-found', 'You have no such request.');
    // Only whether it is open matters: what is decided needs no reminder.
    nextStatus(statusAt(request, unit.nowMs), 'cancel');
    const at = canRemindAt(request, ports.remindIntervalMs);
    if (unit.nowMs < at) {
      const when = new Date(at).toISOString();
      throw new AccessError('too-soon', `The reviewers were told not long ago. Remind them again at ${when}.`, {
        facts: { can_remind_at: when, retry_after_seconds: Math.ceil((at - unit.nowMs) / 1000) },
      });
    }
    const [reminded] = (await unit
      .trx('access_requests')
      .where({ id: requestId })
      .update({ reminded_at: new Date(unit.nowMs) })
      .returning('*')) as [AccessRequestRow];
    unit.audit({
      type: 'access-request.reminded',
      actor: personOf(caller),
      subject: personOf(caller),
      request_id: requestId,
      evaluation_id: request.evaluation_id,
      summary: `${caller.name} reminded the reviewers of ${entitlementKey(askedTerms(request).entitlement)}.`,
    });
    unit.emit({ type: 'access-request.reminded', request_id: requestId });
    return reminded;
  });
  return result;
}
