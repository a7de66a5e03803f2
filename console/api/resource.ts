import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { Discoverable, ResourceRef, ResourceType } from '../../core/access/resource.ts';
import type { Role } from '../../core/access/role.ts';
import { deleteJson, getJson, putJson } from './api-client.ts';
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
  readonly discoverable?: Discoverable;
  /** Facts for policies; only Admins see them. */
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/** What a resource is made to be. Whatever is left out would be lost, so nothing is optional. */
export type ResourceBody = Required<Omit<Resource, 'type' | 'id'>>;

export function resourceQuery(ref: ResourceRef) {
  return queryOptions({
    queryKey: queryKeys.resource(ref.type, ref.id),
    queryFn: ({ signal }) => getJson<Resource>(resourcePath(ref), { signal }),
    staleTime: 60_000,
  });
}

/** By type and id. @param filter `search` is part of a name or an id */
export function resourcesQuery(filter: { readonly search?: string; readonly type?: string }) {
  return resourcePagesQuery(filter, 50);
}

/** The same in the largest pages there are, for whoever needs all of them. */
export function allResourcesQuery(filter: { readonly type?: ResourceType } = {}) {
  return resourcePagesQuery(filter, 200);
}

function resourcePagesQuery(filter: { readonly search?: string; readonly type?: string }, limit: number) {
  return infiniteQueryOptions({
    queryKey: [...queryKeys.resources, filter, limit],
    queryFn: ({ pageParam, signal }) =>
      getJson<Page<Resource>>('/v1/resources', { query: { ...filter, limit, cursor: pageParam }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor ?? null,
    staleTime: 60_000,
  });
}

export function getResource(ref: ResourceRef): Promise<Resource> {
  return getJson<Resource>(resourcePath(ref));
}

/** Creates or replaces. */
export function putResource(ref: ResourceRef, body: ResourceBody, idempotencyKey: string): Promise<Resource> {
  return putJson(resourcePath(ref), body, idempotencyKey);
}

export function deleteResource(ref: ResourceRef, idempotencyKey: string): Promise<null> {
  return deleteJson(resourcePath(ref), idempotencyKey);
}

function resourcePath({ type, id }: ResourceRef): string {
  return `/v1/resources/${encodeURIComponent(type)}/${encodeURIComponent(id)}`;
}
