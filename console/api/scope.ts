import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { ScopeRule } from '../../core/access/scope.ts';
import { deleteJson, getJson, putJson } from './api-client.ts';
import type { Page } from './page.ts';
import { queryKeys } from './query-keys.ts';

export interface Scope {
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  readonly rules?: readonly ScopeRule[];
  /** Ids of people. They review requests for it where the policy says so. */
  readonly owners?: readonly string[];
}

/** What a Scope is made to be. */
export type ScopeBody = Required<Omit<Scope, 'id'>>;

export function scopesQuery() {
  return queryOptions({
    queryKey: queryKeys.scopes,
    queryFn: ({ signal }) => getJson<Page<Scope>>('/v1/scopes', { query: { limit: 100 }, signal }),
    staleTime: 60_000,
  });
}

/** All of them, by id, for who keeps them. */
export function scopePagesQuery() {
  return infiniteQueryOptions({
    queryKey: queryKeys.scopePages,
    queryFn: ({ pageParam, signal }) =>
      getJson<Page<Scope>>('/v1/scopes', { query: { limit: 50, cursor: pageParam }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}

/** One Scope by id. */
export function scopeQuery(id: string) {
  return queryOptions({ queryKey: queryKeys.scope(id), queryFn: ({ signal }) => getScope(id, signal) });
}

export function getScope(id: string, signal?: AbortSignal): Promise<Scope> {
  return getJson<Scope>(scopePath(id), signal === undefined ? {} : { signal });
}

/** Creates or replaces. */
export function putScope(id: string, body: ScopeBody, idempotencyKey: string): Promise<Scope> {
  return putJson(scopePath(id), body, idempotencyKey);
}

export function deleteScope(id: string, idempotencyKey: string): Promise<null> {
  return deleteJson(scopePath(id), idempotencyKey);
}

function scopePath(id: string): string {
  return `/v1/scopes/${encodeURIComponent(id)}`;
}
