import { AccessError } from '../../core/access/errors.ts';
import { entitlementKey } from '../../core/access/grant.ts';
import { modificationsOf, type Terms } from '../../core/access/review.ts';
import type { Knex } from '../db/knex.ts';
import { personOf } from '../db/person-row.ts';
import type { UnitOfWork } from '../db/unit-of-work.ts';
import type { CurrentPerson } from '../http/current-person.ts';
import type { AccessRequestPorts } from './access-request-ports.ts';
import { askedTerms, type AccessRequestRow } from './access-request-row.ts';
import { applyApproval } from './apply-approval.ts';
import type { PolicyRuling } from './ask-request-policy.ts';
import { readableTerms } from './readable-terms.ts';

/**
 * One emergency at a time: until somebody has looked at the last one, there is no next, for whatever it would be.
 * @throws AccessError `break-glass-open`
 */
export async function assertNoneOpen(knex: Knex, personId: string): Promise<void> {
  const refusal = await openRefusal(knex, personId);
  if (refusal !== null) throw refusal;
}

/** The refusal while one is open; null where none is. */
export async function openRefusal(knex: Knex, personId: string): Promise<AccessError | null> {
  const open: AccessRequestRow | undefined = await knex('access_requests')
    .where({ requester_id: personId, break_glass: true })
    .whereNull('break_glass_closed_at')
    .first();
  if (open === undefined) return null;
  return new AccessError(
    'break-glass-open',
    `Your emergency access to ${entitlementKey(askedTerms(open).entitlement)} has not been reviewed yet. Ask a reviewer to close it, or ask for this without break_glass.`,
    // `request_id` of a problem names the HTTP request.
    { facts: { open_request_id: open.id } },
  );
}

/** The refusal of what the policy does not give in an emergency. */
export function notInEmergency(key: string): AccessError {
  return new AccessError('not-requestable', `${key} can't be taken in an emergency. Ask for it without break_glass.`, {
    field: 'break_glass',
  });
}

/** Gives at once what the policy allows in an emergency, for the shortest of what is asked and what is allowed. */
export async function takeBreakGlass(
  ports: AccessRequestPorts,
  unit: UnitOfWork,
  requester: CurrentPerson,
  row: AccessRequestRow,
  { answer, policy_revision }: PolicyRuling,
): Promise<AccessRequestRow> {
  const asked = askedTerms(row);
  const terms = shortest(asked, unit.nowMs, [answer.break_glass.max_duration_seconds, answer.max_duration_seconds]);
  const [approved] = (await unit
    .trx('access_requests')
    .where({ id: row.id })
    .update({
      decided_at: new Date(unit.nowMs),
      given: JSON.stringify({ ...terms, modifications: modificationsOf(asked, terms) }),
    })
    .returning('*')) as [AccessRequestRow];
  unit.audit({
    type: 'access-request.break-glass',
    actor: personOf(requester),
    subject: personOf(requester),
    request_id: row.id,
    evaluation_id: row.evaluation_id,
    summary: `${requester.name} took ${entitlementKey(terms.entitlement)} in an emergency, without a review.`,
    details: {
      asked: readableTerms(asked),
      given: readableTerms(terms),
      modifications: modificationsOf(asked, terms),
      reason: row.reason,
      policy_revision,
    },
  });
  unit.emit({ type: 'access-request.break-glass', request_id: row.id });
  const approval = { subject: personOf(requester), given_by: null, origin: 'break-glass', note: row.reason } as const;
  await applyApproval(ports, unit, approved, terms, approval);
  return approved;
}

function shortest(asked: Terms, nowMs: number, ceilings: readonly (number | null)[]): Terms {
  const ceiling = Math.min(...ceilings.map((seconds) => seconds ?? Number.POSITIVE_INFINITY));
  const isWithin =
    asked.until === null
      ? asked.duration_seconds !== null && asked.duration_seconds <= ceiling
      : asked.until <= nowMs + ceiling * 1000;
  return isWithin ? asked : { ...asked, duration_seconds: ceiling, until: null };
}
