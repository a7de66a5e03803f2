import { entitlementKey } from '../../core/access/grant.ts';
import { newId } from '../../core/access/ids.ts';
import { personOf } from '../db/person-row.ts';
import type { UnitOfWork } from '../db/unit-of-work.ts';
import type { CurrentPerson } from '../http/current-person.ts';
import type { AccessRequestPorts } from './access-request-ports.ts';
import { askedTerms, type AccessRequestRow } from './access-request-row.ts';
import { applyApproval } from './apply-approval.ts';
import type { PolicyRuling } from './ask-request-policy.ts';
import { readableTerms } from './readable-terms.ts';

/** What the policy approves by itself, as asked. */
export async function approveAutomatically(
  ports: AccessRequestPorts,
  unit: UnitOfWork,
  requester: CurrentPerson,
  row: AccessRequestRow,
  { answer, policy_revision }: PolicyRuling,
): Promise<AccessRequestRow> {
  const terms = askedTerms(row);
  const note = answer.reasons.join(' ');
  await unit.trx('reviews').insert({
    id: newId('review'),
    request_id: row.id,
    reviewer_id: null,
    verdict: 'approve',
    note,
    created_at: new Date(unit.nowMs),
  });
  const [approved] = (await unit
    .trx('access_requests')
    .where({ id: row.id })
    .update({
      status: 'approved',
      decided_at: new Date(unit.nowMs),
      given: JSON.stringify({ ...terms, modifications: [] }),
    })
    .returning('*')) as [AccessRequestRow];
  unit.audit({
    type: 'access-request.approved',
    actor: null,
    subject: personOf(requester),
    request_id: row.id,
    evaluation_id: row.evaluation_id,
    summary: `The request policy approved ${entitlementKey(terms.entitlement)} for ${requester.name} by itself.`,
    details: {
      asked: readableTerms(terms),
      given: readableTerms(terms),
      modifications: [],
      automatic: true,
      reasons: answer.reasons,
      policy_revision,
    },
  });
  unit.emit({ type: 'access-request.approved', request_id: row.id });
  const approval = { subject: personOf(requester), given_by: null, origin: 'automatic', note } as const;
  await applyApproval(ports, unit, approved, terms, approval);
  return approved;
}
