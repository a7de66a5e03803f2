import { entitlementKey, type Entitlement } from '../../core/access/grant.ts';
import { resourceKey, type Resource } from '../../core/access/resource.ts';
import { placementOf, scopeCovers, type OwnedScope } from '../../core/access/scope.ts';
import type { Knex } from '../db/knex.ts';

type Place = Pick<Resource, 'type' | 'id' | 'environment' | 'connections'>;

/**
 * Who owns the Scopes concerned, by `entitlementKey`: of the Scope asked for, or of those that cover the resource asked
 * for. Nobody owns a Role.
 */
export async function ownersOf(
  knex: Knex,
  entitlements: readonly Entitlement[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const scopes = await readOwnedScopes(knex);
  const places = await readPlaces(knex);
  return new Map(
    entitlements.map((entitlement) => {
      const concerned =
        entitlement.kind === 'role'
          ? []
          : entitlement.kind === 'scope'
            ? scopes.filter((scope) => scope.id === entitlement.scope_id)
            : scopes.filter((scope) => places.covers(scope, resourceKey(entitlement.resource)));
      return [entitlementKey(entitlement), [...new Set(concerned.flatMap((scope) => scope.owners))]];
    }),
  );
}

/** The reverse: everything (`scope:…`, `connection:…`, `target:…`) whose Scope owners this person is one of. */
export async function ownedBy(knex: Knex, personId: string): Promise<string[]> {
  const scopes = (await readOwnedScopes(knex)).filter((scope) => scope.owners.includes(personId));
  if (scopes.length === 0) return [];
  const places = await readPlaces(knex);
  return [
    ...scopes.map((scope) => `scope:${scope.id}`),
    ...places.keys.filter((key) => scopes.some((scope) => places.covers(scope, key))),
  ];
}

function readOwnedScopes(knex: Knex): Promise<Pick<OwnedScope, 'id' | 'rules' | 'owners'>[]> {
  return knex('scopes').whereRaw(`owners <> '[]'`).select('id', 'rules', 'owners');
}

async function readPlaces(knex: Knex) {
  const rows: Place[] = await knex('resources')
    .whereIn('type', ['connection', 'target'])
    .select('type', 'id', 'environment', 'connections');
  const byKey = new Map(rows.map((row) => [resourceKey(row) as string, row]));
  const placements = new Map(
    [...byKey].map(([key, place]) => [key, placementOf(place, (ref) => byKey.get(resourceKey(ref)))]),
  );
  return {
    keys: [...placements.keys()],
    covers(scope: Pick<OwnedScope, 'rules'>, key: string): boolean {
      const placement = placements.get(key);
      return placement !== undefined && scopeCovers(scope, placement);
    },
  };
}
