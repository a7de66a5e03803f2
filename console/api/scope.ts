import { queryOptions } from '@tanstack/react-query';
import type { ScopeRule } from '../../core/access/scope.ts';
import { getJson } from './api-client.ts';
import type { Page } from './page.ts';
import { queryKeys } from './query-keys.ts';

export interface Scope {
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  readonly rules?: readonly ScopeRule[];
}

export function scopesQuery() {
  return queryOptions({
    queryKey: queryKeys.scopes,
    queryFn: ({ signal }) => getJson<Page<Scope>>('/v1/scopes', { query: { limit: 100 }, signal }),
    staleTime: 60_000,
  });
}
