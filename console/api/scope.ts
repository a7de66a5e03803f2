import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { ScopeRule } from '../../core/access/scope.ts';
import { deleteJson, getJson, putJson } from './api-client.ts';
import { findInPages } from './find-in-pages.ts';
import type { Page } from './page.ts';
import { queryKeys } from './query-keys.ts';

export interface Scope {
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  readonly rules?: readonly ScopeRule[];
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

/** One Scope by id; the API only lists them. */
export function scopeQuery(id: string) {
  return queryOptions({ queryKey: queryKeys.scope(id), queryFn: ({ signal }) => getScope(id, signal) });
}

export function getScope(id: string, signal?: AbortSignal): Promise<Scope> {
  return findInPages<Scope>('/v1/scopes', (scope) => scope.id === id, signal);
}

/** Creates or replaces. */
export function putScope(id: string, body: ScopeBody, idempotencyKey: string): Promise<Scope> {
  return putJson(`/v1/scopes/${encodeURIComponent(id)}`, body, idempotencyKey);
}

export function deleteScope(id: string, idempotencyKey: string): Promise<null> {
  return deleteJson(`/v1/scopes/${encodeURIComponent(id)}`, idempotencyKey);
}
