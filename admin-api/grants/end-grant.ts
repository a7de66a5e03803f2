import { AccessError } from '../../core/access/errors.ts';
import { entitlementKey, grantState, type GrantEndReason } from '../../core/access/grant.ts';
import { isAtLeast } from '../../core/access/role.ts';
import { entitlementFromColumns } from '../db/entitlement-columns.ts';
import { grantFact, toGrant, type GrantRow } from '../db/grant-row.ts';
import type { Knex } from '../db/knex.ts';
import { personOf, type PersonRow } from '../db/person-row.ts';
import type { AuditPerson, Committed, RunUnitOfWork, UnitOfWork } from '../db/unit-of-work.ts';
import type { CurrentPerson } from '../http/current-person.ts';

const SUMMARY: Record<GrantEndReason, (who: string, what: string) => string> = {
  expired: (who, what) => `The time of ${who} for ${what} is over.`,
  revoked: (who, what) => `${what} was revoked from ${who}.`,
  'given-up': (who, what) => `${who} gave ${what} up.`,
};

/**
 * An Admin or the Owner takes a grant back, or its holder gives it up.
 * @throws AccessError `not-found` (also for other people's grants, to whoever may not see them), `already-ended`
 */
export function revokeGrant(
  run: RunUnitOfWork,
  actor: CurrentPerson,
  grantId: string,
  note: string | null,
): Promise<Committed<GrantRow>> {
  return run(async (unit) => {
    const row: GrantRow | undefined = await unit.trx('grants').where({ id: grantId }).forUpdate().first();
    const isHolder = row?.subject_id === actor.id;
    if (row === undefined || !(isHolder || isAtLeast(actor.role, 'admin'))) {
      throw new AccessError('not-found', 'There is no such grant.');
    }
    const state = grantState({ ...toGrant(row), end_reason: row.end_reason }, unit.nowMs);
    if (row.ended_at !== null || state === 'expired') {
      throw new AccessError('already-ended', `This grant is ${state} already; nothing was changed.`, {
        facts: { state },
      });
    }
    const reason = isHolder ? 'given-up' : 'revoked';
    return endGrant(unit, row, reason, personOf(actor), note);
  });
}

/** Ends one grant whose row the transaction holds. @param actor null: its time was over */
export async function endGrant(
  unit: UnitOfWork,
  row: GrantRow,
  reason: GrantEndReason,
  actor: AuditPerson | null,
  note: string | null,
): Promise<GrantRow> {
  // What the audit and people see as the end of an expired grant is its own end, not when a job came by.
  const endedAt = reason === 'expired' && row.expires_at !== null ? row.expires_at : new Date(unit.nowMs);
  const [ended] = (await unit
    .trx('grants')
    .where({ id: row.id })
    .update({ ended_at: endedAt, end_reason: reason, ended_by: actor?.id ?? null, end_note: note })
    .returning('*')) as [GrantRow];
  const holder = personOf(await holderOf(unit.trx, row.subject_id));
  const what = entitlementKey(entitlementFromColumns(row));
  unit.audit({
    type: `grant.${reason}`,
    actor,
    subject: holder,
    request_id: row.request_id,
    grant_id: row.id,
    summary: SUMMARY[reason](holder.name, what),
    details: {
      entitlement: entitlementFromColumns(row),
      expires_at: row.expires_at?.toISOString() ?? null,
      ended_at: endedAt.toISOString(),
      ...(note === null ? {} : { reason: note }),
    },
  });
  unit.emit({ type: `grant.${reason}`, grant_id: row.id });
  unit.publish(grantFact(ended));
  return ended;
}

async function holderOf(trx: Knex, id: string): Promise<PersonRow> {
  const row: PersonRow | undefined = await trx('people').where({ id }).first();
  if (row === undefined) throw new Error(`grant of unknown person ${id}`);
  return row;
}
