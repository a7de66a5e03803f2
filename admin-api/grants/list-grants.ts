import type { Knex } from '../db/knex.ts';
import type { GrantRow } from '../db/grant-row.ts';

/**
 * Grants, newest first, one more than `limit` where there is more.
 * @param filter `active` true: those that count at `nowMs`; false: those that are over; undefined: all
 */
export function listGrants(
  knex: Knex,
  filter: { readonly subjectId: string | undefined; readonly active: boolean | undefined },
  page: { readonly after: readonly [string, string] | null; readonly limit: number },
  nowMs: number,
): Promise<GrantRow[]> {
  const now = new Date(nowMs);
  return knex('grants')
    .modify((query) => {
      if (filter.subjectId !== undefined) void query.where({ subject_id: filter.subjectId });
      if (filter.active === true) {
        void query
          .whereNull('ended_at')
          .where('starts_at', '<=', now)
          .where((either) => void either.whereNull('expires_at').orWhere('expires_at', '>', now));
      } else if (filter.active === false) {
        void query.where((either) => void either.whereNotNull('ended_at').orWhere('expires_at', '<=', now));
      }
      if (page.after !== null) void query.whereRaw('(created_at, id) < (?, ?)', [...page.after]);
    })
    .orderBy([
      { column: 'created_at', order: 'desc' },
      { column: 'id', order: 'desc' },
    ])
    .limit(page.limit + 1);
}
