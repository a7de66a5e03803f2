import { AccessError } from '../../core/access/errors.ts';
import { extendedEnd, type Extension } from '../../core/access/extension.ts';
import type { GrantOrigin } from '../../core/access/grant.ts';
import type { Terms } from '../../core/access/review.ts';
import type { GrantRow } from '../db/grant-row.ts';
import type { AuditPerson, UnitOfWork } from '../db/unit-of-work.ts';
import type { AccessRequestPorts } from './access-request-ports.ts';
import type { AccessRequestRow } from './access-request-row.ts';

export interface Approval {
  /** The requester. */
  readonly subject: AuditPerson;
  /** null: approved by the policy. */
  readonly given_by: AuditPerson | null;
  readonly origin: GrantOrigin;
  readonly note: string | null;
}

/**
 * Does what an approved request is about: records its grant, or moves the end of the grant it extends. Where that one's
 * time ran out while the request was pending, the additional time is a new grant from now on. The caller has asked the
 * policy, checked the terms and marked the request.
 * @throws AccessError `already-ended` where the grant to extend was revoked or given up
 */
export async function applyApproval(
  ports: Pick<AccessRequestPorts, 'recordGrant' | 'extendGrant'>,
  unit: UnitOfWork,
  request: AccessRequestRow,
  terms: Terms,
  { subject, given_by, origin, note }: Approval,
): Promise<GrantRow> {
  const given = { subject, request_id: request.id, evaluation_id: request.evaluation_id, given_by, note };
  const grant = await lockExtendedGrant(unit, request);
  const extension = grant === null ? null : runningExtension(grant, unit.nowMs);
  if (grant === null || extension === null) return ports.recordGrant(unit, { ...given, ...terms, origin });
  return ports.extendGrant(unit, grant, { ...given, expires_at: extendedEnd(extension, terms) });
}

/**
 * Locks the grant that a request is to extend; null for other requests. Whoever decides locks it before the request,
 * as whoever ends the grant does: grants first, then requests.
 */
export async function lockExtendedGrant(
  unit: UnitOfWork,
  request: Pick<AccessRequestRow, 'extends_grant_id'>,
): Promise<GrantRow | null> {
  if (request.extends_grant_id === null) return null;
  const row: GrantRow | undefined = await unit
    .trx('grants')
    .where({ id: request.extends_grant_id })
    .forUpdate()
    .first();
  if (row === undefined) throw new Error(`request to extend the unknown grant ${request.extends_grant_id}`);
  return row;
}

/**
 * What a request to extend counts from; null where the grant's time is over, so that a new one would begin.
 * @throws AccessError `already-ended` for a grant that was revoked or given up
 */
export function runningExtension(row: GrantRow, nowMs: number): Extension | null {
  if (row.end_reason === 'revoked' || row.end_reason === 'given-up') {
    throw new AccessError('already-ended', `The access it would extend is ${row.end_reason} already.`, {
      facts: { state: row.end_reason },
    });
  }
  if (row.expires_at === null || row.expires_at.getTime() <= nowMs || row.ended_at !== null) return null;
  return { grant_id: row.id, starts_at: row.starts_at.getTime(), expires_at: row.expires_at.getTime() };
}
