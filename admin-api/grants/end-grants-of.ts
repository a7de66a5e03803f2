import type { GrantRow } from '../db/grant-row.ts';
import { personOf } from '../db/person-row.ts';
import type { AuditPerson, RunUnitOfWork, UnitOfWork } from '../db/unit-of-work.ts';
import type { CurrentPerson } from '../http/current-person.ts';
import { endGrants } from './end-grant.ts';

/** How many grants end in one transaction; each is a fact, and a transaction may change 5,000. */
export const END_BATCH = 1_000;

/** Holds what a person has, so that it can be ended in the same transaction: grants are locked before requests and people. */
export async function lockGrantsOf(unit: UnitOfWork, subjectId: string): Promise<void> {
  await openGrantsOf(unit, subjectId);
}

/**
 * Ends what one person has, `END_BATCH` grants at the most.
 * @returns how many; `END_BATCH`: there may be more
 */
export async function endGrantsOf(
  unit: UnitOfWork,
  subjectId: string,
  actor: AuditPerson,
  note: string | null,
): Promise<number> {
  const rows = await openGrantsOf(unit, subjectId);
  const reason = actor.id === subjectId ? 'given-up' : 'revoked';
  return (await endGrants(unit, rows, reason, actor, note)).length;
}

function openGrantsOf(unit: UnitOfWork, subjectId: string): Promise<GrantRow[]> {
  const now = new Date(unit.nowMs);
  return (
    unit
      .trx('grants')
      .where({ subject_id: subjectId })
      .whereNull('ended_at')
      // What has run out is over already; the worker records it as what it is.
      .where((either) => void either.whereNull('expires_at').orWhere('expires_at', '>', now))
      .orderBy('id')
      .limit(END_BATCH)
      .forUpdate()
  );
}

/** Everything a person has, in transactions of `END_BATCH`; what was ended before one fails stays ended. */
export async function revokeAll(
  run: RunUnitOfWork,
  actor: CurrentPerson,
  subjectId: string,
  note: string | null,
): Promise<number> {
  let total = 0;
  for (;;) {
    const { result } = await run((unit) => endGrantsOf(unit, subjectId, personOf(actor), note));
    total += result;
    if (result < END_BATCH) return total;
  }
}
