import { AccessError } from '../../core/access/errors.ts';
import { lengthOf } from '../../core/access/review.ts';
import type { GrantRow } from '../db/grant-row.ts';
import type { AccessRequestPorts } from './access-request-ports.ts';
import { askedTerms, type AccessRequestRow } from './access-request-row.ts';
import { runningExtension } from './apply-approval.ts';
import { askRequestPolicy } from './ask-request-policy.ts';

/**
 * Whether a request may be decided from a chat message: the policy said so when it was asked, and says so still.
 * @throws AccessError `not-found`, `already-ended`, `invalid-value` when it could not be asked for any more
 */
export async function isLowRiskNow(ports: AccessRequestPorts, requestId: string): Promise<boolean> {
  const { knex } = ports;
  const nowMs = ports.clock();
  const row: AccessRequestRow | undefined = await knex('access_requests').where({ id: requestId }).first();
  const requester = row === undefined ? null : await ports.findPerson(knex, row.requester_id, nowMs, false);
  if (row === undefined || requester === null) throw new AccessError('not-found', 'There is no such request.');
  // Of what is decided already the rules of reviewing say so, whatever the policy thinks of it by now.
  if (row.status !== 'pending' || !row.low_risk) return row.low_risk;
  const grant: GrantRow | undefined =
    row.extends_grant_id === null ? undefined : await knex('grants').where({ id: row.extends_grant_id }).first();
  const extension = grant === undefined ? null : runningExtension(grant, nowMs);
  const terms = askedTerms(row);
  const { answer } = await askRequestPolicy(ports, knex, {
    requester,
    knower: requester,
    entitlement: terms.entitlement,
    duration_seconds: lengthOf(terms, nowMs, extension),
    starts_at: terms.starts_at,
    extension,
    reason: row.reason,
  });
  return answer.low_risk;
}
