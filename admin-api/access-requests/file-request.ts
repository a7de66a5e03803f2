import type { Extension } from '../../core/access/extension.ts';
import { entitlementKey } from '../../core/access/grant.ts';
import { newId } from '../../core/access/ids.ts';
import { lengthOf, type Terms } from '../../core/access/review.ts';
import { entitlementToColumns } from '../db/entitlement-columns.ts';
import { personOf } from '../db/person-row.ts';
import type { UnitOfWork } from '../db/unit-of-work.ts';
import type { CurrentPerson } from '../http/current-person.ts';
import type { AccessRequestPorts } from './access-request-ports.ts';
import type { AccessRequestRow } from './access-request-row.ts';
import { approveAutomatically } from './approve-automatically.ts';
import { askRequestPolicy, type PolicyRuling } from './ask-request-policy.ts';
import { assertRequestable } from './assert-requestable.ts';
import { takeBreakGlass } from './break-glass.ts';
import type { Origin } from './denial-origin.ts';
import { alreadyHave, findHeld } from './held-access.ts';
import { findPending, joinPending } from './pending-request.ts';
import { readableTerms } from './readable-terms.ts';

export interface Filing {
  readonly requester: CurrentPerson;
  readonly terms: Terms;
  readonly extension: Extension | null;
  readonly reason: string;
  readonly breakGlass: boolean;
  readonly origin: Origin;
  readonly bundleId: string | null;
}

/** Files one request, or joins the one that is pending for the same thing. The caller holds the person's submissions. */
export async function fileRequest(
  ports: AccessRequestPorts,
  unit: UnitOfWork,
  filing: Filing,
): Promise<{ readonly request: AccessRequestRow; readonly joined: boolean }> {
  const { requester, terms, extension, reason, breakGlass } = filing;
  const ruling = await askRequestPolicy(ports, unit.trx, {
    requester,
    knower: requester,
    entitlement: terms.entitlement,
    duration_seconds: lengthOf(terms, unit.nowMs, extension),
    starts_at: terms.starts_at,
    extension,
    break_glass: breakGlass,
    reason,
  });
  if (!breakGlass) {
    const wish = { entitlement: terms.entitlement, extends_grant_id: extension?.grant_id ?? null };
    const pending = await findPending(unit.trx, requester.id, wish, unit.nowMs);
    if (pending !== null) {
      const { bundleId: bundle_id, origin } = filing;
      const joining = { reason, asked: readableTerms(terms), bundle_id, evaluation_id: origin.evaluation_id };
      return { request: await joinPending(unit, requester, pending, joining), joined: true };
    }
  }
  if (extension === null) {
    const held = await findHeld(ports, unit.trx, requester, { terms, resource: ruling.resource }, unit.nowMs);
    // In an emergency, access that is about to end is no answer.
    if (held !== null && !(breakGlass && held.covers === 'part')) throw alreadyHave(held, terms.entitlement);
  }
  await assertRequestable(ports, unit, { requesterId: requester.id, terms, extension, breakGlass }, ruling);
  const row = await insertRequest(ports, unit, filing, ruling);
  auditSubmission(unit, filing, row, ruling);
  if (breakGlass) return { request: await takeBreakGlass(ports, unit, requester, row, ruling), joined: false };
  if (!ruling.answer.auto_approve) return { request: row, joined: false };
  return { request: await approveAutomatically(ports, unit, requester, row, ruling), joined: false };
}

async function insertRequest(
  ports: AccessRequestPorts,
  unit: UnitOfWork,
  { requester, terms, extension, reason, breakGlass, origin, bundleId }: Filing,
  { answer, stages, policy_revision }: PolicyRuling,
): Promise<AccessRequestRow> {
  const timeout = unit.nowMs + ports.pendingTimeoutMs;
  const { denial, task: _, ...cause } = origin;
  const [row] = (await unit
    .trx('access_requests')
    .insert({
      id: newId('accessRequest'),
      requester_id: requester.id,
      ...entitlementToColumns(terms.entitlement),
      reason,
      starts_at: toDate(terms.starts_at),
      duration_seconds: terms.duration_seconds,
      until: toDate(terms.until),
      ...cause,
      denied_at: denial?.at ?? null,
      // What is taken at once is never pending, so a pending request for the same thing is not in its way.
      status: breakGlass ? 'approved' : 'pending',
      decided_at: breakGlass ? new Date(unit.nowMs) : null,
      break_glass: breakGlass,
      bundle_id: bundleId,
      extends_grant_id: extension?.grant_id ?? null,
      stages: JSON.stringify(stages),
      low_risk: answer.low_risk,
      max_duration_seconds: answer.max_duration_seconds,
      policy_reasons: JSON.stringify(answer.reasons),
      policy_revision,
      submitted_at: new Date(unit.nowMs),
      // After a fixed end there is nothing left to approve.
      pending_until: new Date(Math.min(timeout, terms.until ?? timeout)),
    })
    .returning('*')) as [AccessRequestRow];
  return row;
}

function toDate(ms: number | null): Date | null {
  return ms === null ? null : new Date(ms);
}

function auditSubmission(unit: UnitOfWork, filing: Filing, row: AccessRequestRow, ruling: PolicyRuling): void {
  const { requester, terms, extension, origin } = filing;
  const more = extension === null ? '' : 'more time for ';
  unit.audit({
    type: 'access-request.submitted',
    actor: personOf(requester),
    subject: personOf(requester),
    request_id: row.id,
    grant_id: extension?.grant_id ?? null,
    evaluation_id: origin.evaluation_id,
    summary: `${requester.name} asked for ${more}${entitlementKey(terms.entitlement)}.`,
    details: {
      asked: readableTerms(terms),
      ...(extension === null
        ? {}
        : { extends: { grant_id: extension.grant_id, expires_at: new Date(extension.expires_at).toISOString() } }),
      ...(filing.bundleId === null ? {} : { bundle_id: filing.bundleId }),
      ...(filing.breakGlass ? { break_glass: true } : {}),
      reason: filing.reason,
      action: origin.action,
      denial_verified: origin.denial_verified,
      ...(origin.denial === null ? {} : { denial: origin.denial }),
      ...(origin.task === undefined ? {} : { task: origin.task }),
      policy: { revision: ruling.policy_revision, ...ruling.answer, stages: ruling.stages },
    },
  });
}
