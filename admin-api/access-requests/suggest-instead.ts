import type { Resource } from '../../core/access/resource.ts';
import { isAtLeast, mayHandOut, ROLES, type Role } from '../../core/access/role.ts';
import type { Scope } from '../../core/access/scope.ts';
import type { CurrentPerson } from '../http/current-person.ts';
import { askedTerms, type AccessRequestRow } from './access-request-row.ts';
import type { AccessRequestView } from './access-request-view.ts';
import type { AccessRequestPorts } from './access-request-ports.ts';

/** What would do instead of the resource that was asked for, for whoever reviews. */
export async function suggestInstead(
  ports: AccessRequestPorts,
  row: AccessRequestRow,
  viewer: CurrentPerson,
): Promise<Pick<AccessRequestView, 'suggested_scopes' | 'suggested_roles'>> {
  const { entitlement } = askedTerms(row);
  const resource =
    entitlement.kind === 'resource' ? await ports.findVisibleResource(ports.knex, entitlement.resource, viewer) : null;
  // More time for what somebody has is given as that, or not at all.
  if (resource === null || row.extends_grant_id !== null) return { suggested_scopes: [], suggested_roles: [] };
  const [scopes, requester] = await Promise.all([
    ports.fittingScopes(ports.knex, resource),
    ports.findPerson(ports.knex, row.requester_id, ports.clock(), false),
  ]);
  return {
    suggested_scopes: scopes.map(describeScope),
    suggested_roles: requester === null ? [] : fittingRoles(resource, requester.role, viewer.role),
  };
}

/** Where it is the minimum role that keeps somebody out: the lowest Role that lets them in, if the reviewer may give it. */
function fittingRoles(resource: Resource, own: Role, reviewer: Role): Role[] {
  if (isAtLeast(own, resource.minimum_role)) return [];
  const role = ROLES.find((one) => isAtLeast(one, resource.minimum_role) && mayHandOut(reviewer, one));
  return role === undefined ? [] : [role];
}

/** Environments as the rules name them; Connections and Targets as they come out, the hidden ones included. */
function describeScope({
  scope,
  covers,
}: {
  readonly scope: Scope;
  readonly covers: readonly Resource[];
}): AccessRequestView['suggested_scopes'][number] {
  const idsOf = (type: Resource['type']) => covers.filter((place) => place.type === type).map((place) => place.id);
  return {
    id: scope.id,
    name: scope.name,
    description: scope.description,
    environments: scope.rules.filter((rule) => rule.level === 'environment').map((rule) => rule.id),
    connections: idsOf('connection'),
    targets: idsOf('target'),
  };
}
