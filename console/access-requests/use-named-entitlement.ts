import { skipToken, useQuery } from '@tanstack/react-query';
import type { AskedEntitlement, NamedEntitlement } from '../api/entitlement.ts';
import { resourceQuery } from '../api/resource.ts';
import { scopesQuery } from '../api/scope.ts';

const NOTHING: Omit<NamedEntitlement, 'kind'> = { resource: null, scope: null, role: null };

export interface NamedEntitlementAnswer {
  readonly named: NamedEntitlement | null;
  readonly description: string;
  readonly error: unknown;
  readonly retry: () => void;
}

/** Looks up by which name people know what is asked for. A Scope whose name can't be found goes by its id. */
export function useNamedEntitlement(asked: AskedEntitlement): NamedEntitlementAnswer {
  const ref = 'resource' in asked ? asked.resource : null;
  const resource = useQuery(
    ref === null ? { queryKey: ['resources', 'none'], queryFn: skipToken } : resourceQuery(ref),
  );
  const scopes = useQuery({ ...scopesQuery(), enabled: 'scope_id' in asked });
  if ('resource' in asked) {
    return {
      named: resource.data === undefined ? null : { ...NOTHING, kind: 'resource', resource: resource.data },
      description: resource.data?.description ?? '',
      error: resource.error,
      retry: () => void resource.refetch(),
    };
  }
  if ('scope_id' in asked) {
    const found = scopes.data?.items.find((scope) => scope.id === asked.scope_id);
    const scope = { id: asked.scope_id, name: found?.name ?? asked.scope_id };
    return {
      named: scopes.isPending ? null : { ...NOTHING, kind: 'scope', scope },
      description: found?.description ?? '',
      error: scopes.error,
      retry: () => void scopes.refetch(),
    };
  }
  return { named: { ...NOTHING, kind: 'role', role: asked.role }, description: '', error: null, retry: () => {} };
}
