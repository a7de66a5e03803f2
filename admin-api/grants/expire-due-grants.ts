import type { Histogram } from 'prom-client';
import type { GrantRow } from '../db/grant-row.ts';
import type { RunUnitOfWork } from '../db/unit-of-work.ts';
import { endGrant } from './end-grant.ts';

/** Few enough that one transaction stays short; the caller goes on while batches come back full. */
export const EXPIRY_BATCH = 100;

/**
 * Records the end of grants whose time is over. Access had ended by itself (law 2); this tells the audit, the feed and
 * the people. Rows another worker holds are skipped, so two workers never record one end twice.
 * @param lateness told how long after its end each was recorded, in seconds
 * @returns how many were recorded
 */
export async function expireDueGrants(
  run: RunUnitOfWork,
  lateness: Pick<Histogram, 'observe'>,
  only?: { readonly grantId: string },
): Promise<number> {
  const { result } = await run(async (unit) => {
    const due: GrantRow[] = await unit
      .trx('grants')
      .modify((query) => (only === undefined ? query : query.where({ id: only.grantId })))
      .whereNull('ended_at')
      .where('expires_at', '<=', new Date(unit.nowMs))
      .orderBy('expires_at')
      .limit(EXPIRY_BATCH)
      .forUpdate()
      .skipLocked();
    for (const row of due) {
      await endGrant(unit, row, 'expired', null, null);
      if (row.expires_at !== null) lateness.observe((unit.nowMs - row.expires_at.getTime()) / 1000);
    }
    return due.length;
  });
  return result;
}
