import { resourceKey, type ResourceRef } from '../../core/access/resource.ts';
import { isAtLeast } from '../../core/access/role.ts';
import type { Scope } from '../../core/access/scope.ts';
import type { Knex } from '../db/knex.ts';
import type { CurrentPerson } from '../http/current-person.ts';
import { likePattern } from '../http/like-pattern.ts';
import { SCOPE_COLUMNS } from './scope-store.ts';

/** Scopes by id or name, by id; one that covers nothing but hidden resources is shown to Admins only. */
export async function searchScopes(
  knex: Knex,
  person: CurrentPerson,
  search: string | undefined,
  limit: number,
): Promise<Scope[]> {
  const rows: Scope[] = await knex('scopes')
    .select(...SCOPE_COLUMNS)
    .modify((query) => {
      if (search === undefined) return;
      const pattern = likePattern(search);
      void query.where((either) => void either.whereILike('id', pattern).orWhereILike('name', pattern));
    })
    .orderBy('id');
  if (isAtLeast(person.role, 'admin')) return rows.slice(0, limit);
  const refs: ResourceRef[] = await knex('resources').where({ discoverable: 'none' }).select('type', 'id');
  const hidden = new Set<string>(refs.map(resourceKey));
  const seen = rows.filter((scope) => scope.rules.some((rule) => !hidden.has(`${rule.level}:${rule.id}`)));
  return seen.slice(0, limit);
}
