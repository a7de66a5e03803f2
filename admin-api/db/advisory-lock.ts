import type { Knex } from './knex.ts';

/** Every lock taken by number, in one place, so that no two jobs share one by accident. */
export const ADVISORY_LOCKS = { tidy: 7_001, 'archive-audit': 7_018 } as const;

/**
 * Runs `work` in a transaction if no other process holds the lock, else does nothing. The lock ends with the
 * transaction, so a crash can't leave it behind.
 * @returns null when somebody else holds it
 */
export function withAdvisoryLock<Result>(
  knex: Knex,
  lock: keyof typeof ADVISORY_LOCKS,
  work: (trx: Knex.Transaction) => Promise<Result>,
): Promise<Result | null> {
  return knex.transaction(async (trx) => {
    const { rows } = await trx.raw('SELECT pg_try_advisory_xact_lock(?) AS taken', [ADVISORY_LOCKS[lock]]);
    return rows[0].taken === true ? work(trx) : null;
  });
}
