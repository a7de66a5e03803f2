import type { Resource } from '../../core/access/resource.ts';
import { placementOf, scopeCovers, type Scope } from '../../core/access/scope.ts';
import type { Knex } from '../db/knex.ts';
import { findScope, SCOPE_COLUMNS } from './scope-store.ts';

export interface FittingScope {
  readonly scope: Scope;
  /** Everything the Scope opens, the resource it was looked up for included. */
  readonly covers: readonly Resource[];
}

/** Scopes that cover a resource, the one that opens the least first. */
export async function fittingScopes(knex: Knex, resource: Resource): Promise<FittingScope[]> {
  const [scopes, places] = await Promise.all([
    knex('scopes')
      .select(...SCOPE_COLUMNS)
      .orderBy('id') as Promise<Scope[]>,
    readPlaces(knex),
  ]);
  const connections = new Map(places.filter((place) => place.type === 'connection').map((place) => [place.id, place]));
  const findConnection = (ref: { readonly id: string }) => connections.get(ref.id);
  const wanted = placementOf(resource, findConnection);
  return scopes
    .filter((scope) => scopeCovers(scope, wanted))
    .map((scope) => ({
      scope,
      covers: places.filter((place) => scopeCovers(scope, placementOf(place, findConnection))),
    }))
    .toSorted((a, b) => a.covers.length - b.covers.length || a.scope.id.localeCompare(b.scope.id));
}

/** Everything one Scope opens; nothing for one that is not there. */
export async function coveredBy(knex: Knex, scopeId: string): Promise<Resource[]> {
  const scope = await findScope(knex, scopeId);
  if (scope === null) return [];
  const places = await readPlaces(knex);
  const connections = new Map(places.filter((place) => place.type === 'connection').map((place) => [place.id, place]));
  return places.filter((place) =>
    scopeCovers(
      scope,
      placementOf(place, (ref) => connections.get(ref.id)),
    ),
  );
}

function readPlaces(knex: Knex): Promise<Resource[]> {
  return knex('resources').whereIn('type', ['connection', 'target']).orderBy(['type', 'id']);
}
