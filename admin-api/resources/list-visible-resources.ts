import { isActive } from '../../core/access/grant.ts';
import { resourceKey, type Resource, type ResourceType } from '../../core/access/resource.ts';
import { isAtLeast } from '../../core/access/role.ts';
import { toGrant, type GrantRow } from '../db/grant-row.ts';
import type { Knex } from '../db/knex.ts';
import type { CurrentPerson } from '../http/current-person.ts';
import { likePattern } from '../http/like-pattern.ts';

/** Keys of the resources a person holds an active grant for, and so knows of. */
export async function heldResources(knex: Knex, personId: string, nowMs: number): Promise<Set<string>> {
  const rows: GrantRow[] = await knex('grants').where({ subject_id: personId, kind: 'resource' }).whereNull('ended_at');
  const held = new Set<string>();
  for (const grant of rows.map(toGrant)) {
    if (isActive(grant, nowMs) && grant.entitlement.kind === 'resource')
      held.add(resourceKey(grant.entitlement.resource));
  }
  return held;
}

/** Resources by type and id, one more than `limit` where there is more. */
export function listVisibleResources(
  knex: Knex,
  viewer: Pick<CurrentPerson, 'role'>,
  held: ReadonlySet<string>,
  filter: { readonly type?: ResourceType | undefined; readonly search?: string | undefined },
  page: { readonly after: readonly [string, string] | null; readonly limit: number },
): Promise<Resource[]> {
  return knex('resources')
    .modify((query) => {
      if (filter.type !== undefined) void query.where({ type: filter.type });
      if (page.after !== null) void query.whereRaw('(type, id) > (?, ?)', [...page.after]);
      if (filter.search !== undefined) {
        const pattern = likePattern(filter.search);
        void query.where((either) => void either.whereILike('id', pattern).orWhereILike('name', pattern));
      }
      // Hidden ones are left out in SQL, so that page sizes say nothing about them.
      if (!isAtLeast(viewer.role, 'admin')) {
        void query.where((either) => {
          void either.whereNot({ discoverable: 'none' });
          if (held.size > 0) void either.orWhereRaw(`type || ':' || id = ANY(?)`, [[...held]]);
        });
      }
    })
    .orderBy(['type', 'id'])
    .limit(page.limit + 1);
}
