import { queryOptions } from '@tanstack/react-query';
import type { ResourceRef } from '../../core/access/resource.ts';
import type { Role } from '../../core/access/role.ts';
import { getJson } from './api-client.ts';
import type { EntitlementKind, NamedEntitlement } from './entitlement.ts';
import { queryKeys } from './query-keys.ts';

/** A resource, Scope or Role that this person may know of. */
export interface Requestable extends NamedEntitlement {
  /** Empty where it has none, or may not be known. */
  readonly description: string;
  /** Whether the policy lets this person ask for it. */
  readonly requestable: boolean;
}

interface RequestableRecord {
  readonly kind: EntitlementKind;
  readonly resource: ResourceRef | null;
  readonly scope: { readonly id: string } | null;
  readonly role: Role | null;
  readonly name: string;
  readonly description: string;
  readonly requestable: boolean;
}

/** At the most so many are found; more of a name finds fewer. */
export const MOST_REQUESTABLES = 50;

/** Resources, then Scopes, then Roles. @param q part of a name or an id; empty: the first ones */
export function requestablesQuery(q: string) {
  return queryOptions({
    queryKey: [...queryKeys.requestables, q],
    queryFn: async ({ signal }) => {
      const { items } = await getJson<{ readonly items: readonly RequestableRecord[] }>('/v1/requestables', {
        query: { q },
        signal,
      });
      return items.map(named);
    },
    staleTime: 60_000,
  });
}

function named({ kind, resource, scope, role, name, description, requestable }: RequestableRecord): Requestable {
  return {
    kind,
    resource: resource === null ? null : { ...resource, name },
    scope: scope === null ? null : { ...scope, name },
    role,
    description,
    requestable,
  };
}
