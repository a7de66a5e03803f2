import { entitlementKey } from '../../core/access/grant.ts';
import { entitlementToColumns } from '../db/entitlement-columns.ts';
import type { Entitlement } from '../../core/access/grant.ts';
import type { Knex } from '../db/knex.ts';
import { personOf } from '../db/person-row.ts';
import type { UnitOfWork } from '../db/unit-of-work.ts';
import type { CurrentPerson } from '../http/current-person.ts';
import type { AccessRequestRow } from './access-request-row.ts';

/**
 * Lets one submission of a person at a time through: what they have, what is pending and what emergency is open must not
 * change between the look and the write.
 */
export async function lockSubmissions(trx: Knex, personId: string): Promise<void> {
  await trx.raw(`SELECT pg_advisory_xact_lock(hashtextextended('access-requests of ' || ?, 0))`, [personId]);
}

/** The pending request of the same person for the same thing, if its time is not over; there is one at the most. */
export async function findPending(
  knex: Knex,
  personId: string,
  asked: { readonly entitlement: Entitlement; readonly extends_grant_id: string | null },
  nowMs: number,
): Promise<AccessRequestRow | null> {
  const row: AccessRequestRow | undefined = await knex('access_requests')
    .where({
      requester_id: personId,
      status: 'pending',
      extends_grant_id: asked.extends_grant_id,
      ...entitlementToColumns(asked.entitlement),
    })
    .where('pending_until', '>', new Date(nowMs))
    .first();
  return row ?? null;
}

/** Asking twice is asking once: what was written the second time is kept beside the first. */
export async function joinPending(
  unit: UnitOfWork,
  requester: CurrentPerson,
  row: AccessRequestRow,
  joining: {
    readonly reason: string;
    readonly asked: Readonly<Record<string, unknown>>;
    readonly bundle_id: string | null;
    /** Of the denial that led to this attempt. */
    readonly evaluation_id: string | null;
  },
): Promise<AccessRequestRow> {
  unit.audit({
    type: 'access-request.joined',
    actor: personOf(requester),
    subject: personOf(requester),
    request_id: row.id,
    evaluation_id: joining.evaluation_id ?? row.evaluation_id,
    summary: `${requester.name} asked for ${entitlementKey(joining.asked['entitlement'] as Entitlement)} again; the request is pending already.`,
    details: { asked: joining.asked, reason: joining.reason },
  });
  if (joining.bundle_id === null || row.bundle_id !== null) return row;
  const [bundled] = (await unit
    .trx('access_requests')
    .where({ id: row.id })
    .update({ bundle_id: joining.bundle_id })
    .returning('*')) as [AccessRequestRow];
  return bundled;
}
