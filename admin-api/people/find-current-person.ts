import { higherRole, type Role } from '../../core/access/role.ts';
import type { CurrentPerson } from '../http/current-person.ts';
import type { Knex } from '../db/knex.ts';
import type { PersonRow } from '../db/person-row.ts';

/**
 * A person as they stand at `nowMs`, role grants counted by the clock, not by whether a job has ended them (law 2).
 * @param lock keeps the person's role and state from changing until the transaction ends
 */
export async function findCurrentPerson(
  knex: Knex,
  by: { readonly id: string } | { readonly sub: string },
  nowMs: number,
  lock = false,
): Promise<CurrentPerson | null> {
  const query = knex('people').where(by);
  const row: PersonRow | undefined = await (lock ? query.forShare() : query).first();
  if (row === undefined) return null;
  const now = new Date(nowMs);
  const raised: Role[] = await knex('grants')
    .where({ subject_id: row.id, kind: 'role' })
    .whereNull('ended_at')
    .where('starts_at', '<=', now)
    .where((either) => void either.whereNull('expires_at').orWhere('expires_at', '>', now))
    .pluck('role');
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    role: raised.reduce(higherRole, row.role),
    base_role: row.role,
    groups: row.groups,
    attributes: row.attributes,
    disabled: row.disabled_at !== null,
  };
}
