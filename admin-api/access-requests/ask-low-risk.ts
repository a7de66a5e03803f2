import { AccessError } from '../../core/access/errors.ts';
import { lengthOf } from '../../core/access/review.ts';
import type { AccessRequestPorts } from './access-request-ports.ts';
import { askedTerms, type AccessRequestRow } from './access-request-row.ts';
import { askRequestPolicy } from './ask-request-policy.ts';

/**
 * Whether a request may be decided from a chat message: the policy said so when it was asked, and says so still.
 * @throws AccessError `not-found`
 */
export async function isLowRiskNow(ports: AccessRequestPorts, requestId: string): Promise<boolean> {
  const { knex } = ports;
  const nowMs = ports.clock();
  const row: AccessRequestRow | undefined = await knex('access_requests').where({ id: requestId }).first();
  const requester = row === undefined ? null : await ports.findPerson(knex, row.requester_id, nowMs, false);
  if (row === undefined || requester === null) throw new AccessError('not-found', 'There is no such request.');
  // What is decided already says so itself, whatever the policy thinks of it by now.
  if (row.status !== 'pending' || !row.low_risk) return row.low_risk;
  const terms = askedTerms(row);
  const { answer } = await askRequestPolicy(ports, knex, {
    requester,
    knower: requester,
    entitlement: terms.entitlement,
    duration_seconds: lengthOf(terms, nowMs),
    reason: row.reason,
  });
  return answer.low_risk;
}
