import type { AskedThings } from '../api/access-request.ts';
import type { AskedEntitlement, NamedEntitlement } from '../api/entitlement.ts';
import { entitlementQuery, readAskedFor } from './asked-entitlement.ts';

/** At least one. */
export type Things = readonly [AskedEntitlement, ...AskedEntitlement[]];

/** So many resources go into one submission. */
export const MOST_THINGS = 10;

export interface AskedForThings {
  readonly things: readonly AskedEntitlement[];
  /** Something was named that can't be read. */
  readonly unreadable: boolean;
}

/** What the address of the form names: `resource` as often as one likes, or one `scope`, or one `role`. */
export function readAskedThings(query: URLSearchParams): AskedForThings {
  const named = query.getAll('resource').map((key) => readAskedFor(new URLSearchParams({ resource: key })));
  if (named.length === 0) {
    const one = readAskedFor(query);
    return { things: one.kind === 'asked' ? [one.entitlement] : [], unreadable: one.kind === 'unreadable' };
  }
  const things = named.flatMap((one) => (one.kind === 'asked' ? [one.entitlement] : []));
  const once = things.filter((thing, place) => indexOfThing(things, thing) === place);
  return { things: once.slice(0, MOST_THINGS), unreadable: named.some(({ kind }) => kind === 'unreadable') };
}

/** The same address for other things. What a denial said goes along only while the thing it was about stays. */
export function withThings(query: URLSearchParams, things: readonly AskedEntitlement[]): URLSearchParams {
  const [first] = readAskedThings(query).things;
  const changed = new URLSearchParams(things.map((thing) => entitlementQuery(thing).split('=') as [string, string]));
  if (first !== undefined && indexOfThing(things, first) !== -1) {
    for (const [name, value] of query) if (!THING_NAMES.has(name)) changed.append(name, value);
  }
  return changed;
}

const THING_NAMES: ReadonlySet<string> = new Set(['resource', 'scope', 'role']);

/** Several resources may be asked for together; a Scope or a Role stands alone. */
export function mayAdd(things: readonly AskedEntitlement[]): boolean {
  return things.length < MOST_THINGS && things.every((thing) => 'resource' in thing);
}

/** As the API takes them. */
export function thingsBody(things: Things): AskedThings {
  if (things.length === 1) return things[0];
  return { resources: things.flatMap((thing) => ('resource' in thing ? [thing.resource] : [])) };
}

export function hasThing(things: readonly AskedEntitlement[], thing: AskedEntitlement): boolean {
  return indexOfThing(things, thing) !== -1;
}

/** How what somebody holds or has found would be asked for. */
export function askedOf(named: NamedEntitlement): AskedEntitlement | null {
  if (named.resource !== null) return { resource: { type: named.resource.type, id: named.resource.id } };
  if (named.scope !== null) return { scope_id: named.scope.id };
  return named.role === null ? null : { role: named.role };
}

function indexOfThing(things: readonly AskedEntitlement[], thing: AskedEntitlement): number {
  const key = entitlementQuery(thing);
  return things.findIndex((candidate) => entitlementQuery(candidate) === key);
}
