import type { Entitlement } from '../../core/access/grant.ts';
import { resourceKey, type Resource } from '../../core/access/resource.ts';
import type { Knex } from '../db/knex.ts';
import type { AuditPerson } from '../db/unit-of-work.ts';

export interface Names {
  readonly people: ReadonlyMap<string, AuditPerson>;
  readonly resources: ReadonlyMap<string, string>;
  readonly scopes: ReadonlyMap<string, string>;
}

/** The names of whom and what rows hold only ids of: three queries for any number. */
export async function readNames(
  knex: Knex,
  personIds: readonly string[],
  entitlements: readonly Entitlement[],
): Promise<Names> {
  const resourceIds = entitlements.flatMap((one) => (one.kind === 'resource' ? [one.resource.id] : []));
  const scopeIds = entitlements.flatMap((one) => (one.kind === 'scope' ? [one.scope_id] : []));
  const [people, resources, scopes] = await Promise.all([
    knex('people')
      .whereIn('id', [...new Set(personIds)])
      .select('id', 'email', 'name') as Promise<AuditPerson[]>,
    knex('resources')
      .whereIn('id', [...new Set(resourceIds)])
      .select('type', 'id', 'name') as Promise<Pick<Resource, 'type' | 'id' | 'name'>[]>,
    knex('scopes')
      .whereIn('id', [...new Set(scopeIds)])
      .select('id', 'name') as Promise<{ id: string; name: string }[]>,
  ]);
  return {
    people: new Map(people.map((row) => [row.id, row])),
    resources: new Map(resources.map((row) => [resourceKey(row), row.name])),
    scopes: new Map(scopes.map((row) => [row.id, row.name])),
  };
}

export function nameEntitlement(entitlement: Entitlement, names: Names) {
  const resource = entitlement.kind === 'resource' ? entitlement.resource : null;
  return {
    kind: entitlement.kind,
    resource:
      resource === null ? null : { ...resource, name: names.resources.get(resourceKey(resource)) ?? resource.id },
    scope:
      entitlement.kind === 'scope'
        ? { id: entitlement.scope_id, name: names.scopes.get(entitlement.scope_id) ?? entitlement.scope_id }
        : null,
    role: entitlement.kind === 'role' ? entitlement.role : null,
  };
}

/** What people call it: the name of the resource or Scope, or the Role. */
export function plainName(entitlement: Entitlement, names: Names): string {
  const { resource, scope, role } = nameEntitlement(entitlement, names);
  return resource?.name ?? (scope === null ? `the role ${role}` : `the Scope ${scope.name}`);
}
