import { AccessError } from '../../core/access/errors.ts';
import { entitlementKey, grantState, type GrantEndReason } from '../../core/access/grant.ts';
import { isAtLeast } from '../../core/access/role.ts';
import { entitlementFromColumns } from '../db/entitlement-columns.ts';
import { grantFact, toGrant, type GrantRow } from '../db/grant-row.ts';
import type { Knex } from '../db/knex.ts';
import { personOf, type PersonRow } from '../db/person-row.ts';
import type { AuditPerson, Committed, RunUnitOfWork, UnitOfWork } from '../db/unit-of-work.ts';
import type { CurrentPerson } from '../http/current-person.ts';
import { cancelExtensions } from './cancel-extensions.ts';

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
  const [ended] = await endGrants(unit, [row], reason, actor, note);
  return ended as GrantRow;
}

/** Ends grants whose rows the transaction holds, in two statements whatever their number; each is recorded by itself. */
export async function endGrants(
  unit: UnitOfWork,
  rows: readonly GrantRow[],
  reason: GrantEndReason,
  actor: AuditPerson | null,
  note: string | null,
): Promise<GrantRow[]> {
  if (rows.length === 0) return [];
  const now = new Date(unit.nowMs);
  const ended: GrantRow[] = await unit
    .trx('grants')
    .whereIn(
      'id',
      rows.map((row) => row.id),
    )
    .update({
      // What the audit and people see as the end of an expired grant is its own end, not when a job came by.
      ended_at: reason === 'expired' ? unit.trx.raw('coalesce(expires_at, ?)', [now]) : now,
      end_reason: reason,
      ended_by: actor?.id ?? null,
      end_note: note,
    })
    .returning('*');
  const holders = await holdersOf(unit.trx, ended);
  for (const row of ended.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    const holder = holders.get(row.subject_id);
    if (holder === undefined) throw new Error(`grant of unknown person ${row.subject_id}`);
    const entitlement = entitlementFromColumns(row);
    unit.audit({
      type: `grant.${reason}`,
      actor,
      subject: personOf(holder),
      request_id: row.request_id,
      grant_id: row.id,
      summary: SUMMARY[reason](holder.name, entitlementKey(entitlement)),
      details: {
        entitlement,
        expires_at: row.expires_at?.toISOString() ?? null,
        ended_at: row.ended_at?.toISOString() ?? null,
        ...(note === null ? {} : { reason: note }),
      },
    });
    unit.emit({ type: `grant.${reason}`, grant_id: row.id });
    unit.publish(grantFact(row));
  }
  await cancelExtensions(unit, ended, holders, reason, actor);
  return ended;
}

async function holdersOf(trx: Knex, rows: readonly GrantRow[]): Promise<Map<string, PersonRow>> {
  const people: PersonRow[] = await trx('people').whereIn('id', [...new Set(rows.map((row) => row.subject_id))]);
  return new Map(people.map((person) => [person.id, person]));
}
