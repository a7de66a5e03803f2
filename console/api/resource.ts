import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { ResourceRef, ResourceType } from '../../core/access/resource.ts';
import type { Role } from '../../core/access/role.ts';
import { getJson } from './api-client.ts';
import type { Page } from './page.ts';
import { queryKeys } from './query-keys.ts';

/** Of a resource that is discoverable by name only, the optional members are left out. */
export interface Resource {
  readonly type: ResourceType;
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  readonly environment?: string | null;
  readonly connections?: readonly string[];
  readonly minimum_role?: Role;
  readonly discoverable?: 'full' | 'name' | 'none';
}

export function resourceQuery(ref: ResourceRef) {
  return queryOptions({
    queryKey: queryKeys.resource(ref.type, ref.id),
    queryFn: ({ signal }) =>
      getJson<Resource>(`/v1/resources/${encodeURIComponent(ref.type)}/${encodeURIComponent(ref.id)}`, { signal }),
    staleTime: 60_000,
  });
}

export function resourcesQuery(search: string) {
  return infiniteQueryOptions({
    queryKey: [...queryKeys.resources, search],
    queryFn: ({ pageParam, signal }) =>
      getJson<Page<Resource>>('/v1/resources', { query: { search, limit: 50, cursor: pageParam }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor ?? null,
    staleTime: 60_000,
  });
}
