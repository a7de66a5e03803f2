import type { Knex } from '../db/knex.ts';

/** Those of the people given who are Admins or the Owner at `nowMs`: by base role or by a role grant that counts then. */
export async function adminsAmong(knex: Knex, personIds: readonly string[], nowMs: number): Promise<Set<string>> {
  const now = new Date(nowMs);
  const ids: string[] = await knex('people')
    .whereIn('people.id', [...personIds])
    .whereNull('people.disabled_at')
    .where(
      (either) =>
        void either.whereIn('people.role', ['admin', 'owner']).orWhereExists(
          knex('grants')
            .select(knex.raw('1'))
            .whereRaw('grants.subject_id = people.id')
            .where({ kind: 'role', role: 'admin', ended_at: null })
            .where('starts_at', '<=', now)
            .where((open) => void open.whereNull('expires_at').orWhere('expires_at', '>', now)),
        ),
    )
    .pluck('people.id');
  return new Set(ids);
}

/** Those of the people given who are known and not disabled. */
export async function enabledAmong(knex: Knex, personIds: readonly string[]): Promise<Set<string>> {
  const ids: string[] = await knex('people')
    .whereIn('id', [...personIds])
    .whereNull('disabled_at')
    .pluck('id');
  return new Set(ids);
}
