import { z } from 'zod';
import type { Entitlement } from '../../core/access/grant.ts';
import { resourceRefSchema, type Resource } from '../../core/access/resource.ts';
import { isAtLeast, roleSchema, ROLES } from '../../core/access/role.ts';
import type { Scope } from '../../core/access/scope.ts';
import { readRequestAnswer } from '../../core/decision/request-input.ts';
import type { CurrentPerson } from '../http/current-person.ts';
import { operation, type Operation } from '../http/operation.ts';
import type { AccessRequestPorts } from './access-request-ports.ts';

const LIMIT = 50;
const KEPT_FOR_SCOPES = 15;

const requestableSchema = z.object({
  kind: z.enum(['resource', 'scope', 'role']),
  resource: resourceRefSchema.nullable(),
  scope: z.object({ id: z.string() }).nullable(),
  role: roleSchema.nullable(),
  name: z.string(),
  description: z.string(),
  environment: z.string().nullable(),
  requestable: z.boolean(),
});
type Requestable = z.output<typeof requestableSchema>;

/** What the form offers: everything this person may know of, and whether the policy lets them ask for it. */
export function requestableOperation(ports: AccessRequestPorts): Operation {
  return operation({
    method: 'get',
    path: '/v1/requestables',
    tag: 'access requests',
    summary: `Search what may be asked for: resources, Scopes and Roles, ${LIMIT} at the most`,
    query: z.strictObject({ q: z.string().max(200).optional() }),
    responses: {
      200: {
        description: 'Resources, then Scopes, then Roles',
        schema: z.object({ items: z.array(requestableSchema) }),
      },
    },
    async run({ query, caller }) {
      const search = query.q?.trim() || undefined;
      const [resources, scopes] = await Promise.all([
        ports.searchResources(ports.knex, caller, search, LIMIT),
        ports.searchScopes(ports.knex, caller, search, LIMIT),
      ]);
      const roles = ROLES.filter(
        (role) => role !== 'owner' && !isAtLeast(caller.base_role, role) && role.includes(search?.toLowerCase() ?? ''),
      );
      // Many resources must not push the rest out of the list.
      const room = LIMIT - roles.length - Math.min(scopes.length, KEPT_FOR_SCOPES);
      const items: Requestable[] = [
        ...resources.slice(0, room).map(({ resource, seen }) => ofResource(ports, caller, resource, seen)),
        ...scopes
          .slice(0, LIMIT - roles.length - Math.min(resources.length, room))
          .map((scope) => ofScope(ports, caller, scope)),
        ...roles.map((role) => ({
          ...NOTHING,
          kind: 'role' as const,
          role,
          name: role,
          requestable: mayAsk(ports, caller, { kind: 'role', role }, null, null),
        })),
      ];
      return { status: 200, body: { items } };
    },
  });
}

const NOTHING = { resource: null, scope: null, role: null, description: '', environment: null };

function ofResource(
  ports: AccessRequestPorts,
  caller: CurrentPerson,
  resource: Resource,
  seen: Partial<Resource>,
): Requestable {
  const ref = { type: resource.type, id: resource.id };
  return {
    ...NOTHING,
    kind: 'resource',
    resource: ref,
    name: resource.name,
    description: seen.description ?? '',
    environment: seen.environment ?? null,
    requestable: mayAsk(ports, caller, { kind: 'resource', resource: ref }, resource, null),
  };
}

function ofScope(ports: AccessRequestPorts, caller: CurrentPerson, scope: Scope): Requestable {
  const { id, name, description } = scope;
  const requestable = mayAsk(ports, caller, { kind: 'scope', scope_id: id }, null, scope);
  return { ...NOTHING, kind: 'scope', scope: { id }, name, description, requestable };
}

/** By the policy alone; whether somebody could review it is said when it is looked at by itself. */
function mayAsk(
  ports: AccessRequestPorts,
  { id, email, role, base_role, groups, attributes }: CurrentPerson,
  entitlement: Entitlement,
  resource: Resource | null,
  scope: Scope | null,
): boolean {
  const raw = ports.engine().request({
    requester: { id, email, role, base_role, groups: [...groups], attributes },
    entitlement,
    resource,
    scope,
    duration_seconds: 1,
    starts_at: null,
    extension: null,
    break_glass: false,
    reason: null,
  });
  return readRequestAnswer(raw).requestable;
}
