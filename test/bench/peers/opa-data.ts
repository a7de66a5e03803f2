import { resourceKey, type ResourceKey } from '../../../core/access/resource.ts';
import type { Entitlement, Grant } from '../../../core/access/grant.ts';
import { Facts } from '../../../core/feed/facts.ts';
import type { Fact } from '../../../core/feed/fact.ts';

export interface Issuer {
  readonly issuer: string;
  readonly audience: string;
  /** The key set as its URL serves it. */
  readonly jwks: string;
}

/** As JSON text, because nanoseconds are beyond what a number here holds; OPA has integers. */
const NO_END_MS = 9_000_000_000_000;

/**
 * The same facts as an OPA server can use them best: a person's grants found by what they are for, the Scopes of each
 * resource worked out beforehand, and each grant as it stands in the policy's input.
 * @returns JSON
 */
export function opaData(all: Iterable<Fact>, { issuer, audience, jwks }: Issuer): string {
  const facts = new Facts();
  for (const fact of all) facts.apply(fact);
  const people: Record<string, object> = {};
  for (const { id, sub, email, role, groups, attributes, disabled } of facts.subjects()) {
    if (disabled) continue;
    const grants = Map.groupBy(facts.grantsOf(id), (grant) => nameOf(grant.entitlement));
    people[sub] = {
      subject: { id, email, role, groups, attributes },
      grants: Object.fromEntries(Array.from(grants, ([name, own]) => [name, own.map(grantData)])),
    };
  }
  const places: Record<ResourceKey, object> = {};
  for (const resource of facts.resources()) {
    const { type, id, environment, connections, minimum_role, attributes } = resource;
    const scopes = facts.scopesCovering(resource).map(({ id: scopeId, name }) => ({ id: scopeId, name }));
    places[resourceKey(resource)] = {
      resource: { type, id, environment, connections, minimum_role, attributes },
      scopes,
      // Names of all that bears on it: itself, each of its Scopes, any role.
      bearing: [resourceKey(resource), ...scopes.map((scope) => `scope:${scope.id}`), 'role'],
    };
  }
  const constraints = { cert: jwks, iss: issuer, aud: audience, alg: 'EdDSA' };
  return JSON.stringify({ bench: { constraints, people, places } }).replaceAll(/"@(\d+)"/g, '$1');
}

function nameOf(entitlement: Entitlement): string {
  if (entitlement.kind === 'resource') return resourceKey(entitlement.resource);
  return entitlement.kind === 'scope' ? `scope:${entitlement.scope_id}` : 'role';
}

function grantData({ id, entitlement, starts_at, expires_at }: Grant): object {
  return {
    starts_ns: nanoseconds(starts_at),
    ends_ns: nanoseconds(expires_at ?? NO_END_MS),
    input: {
      id,
      kind: entitlement.kind,
      scope_id: entitlement.kind === 'scope' ? entitlement.scope_id : null,
      role: entitlement.kind === 'role' ? entitlement.role : null,
      expires_at: expires_at === null ? null : new Date(expires_at).toISOString(),
    },
  };
}

function nanoseconds(atMs: number): string {
  return atMs === 0 ? '@0' : `@${atMs}000000`;
}
