import { infiniteQueryOptions } from '@tanstack/react-query';
import { getJson } from './api-client.ts';
import type { NamedEntitlement } from './entitlement.ts';
import type { Page } from './page.ts';
import { queryKeys } from './query-keys.ts';

/** A resource, Scope or Role that this person may know of and may ask for. */
export interface Requestable extends NamedEntitlement {
  /** Empty where it has none, or may not be known. */
  readonly description: string;
}

/** @param q part of a name or an id; empty: all of them */
export function requestablesQuery(q: string) {
  return infiniteQueryOptions({
    queryKey: [...queryKeys.requestables, q],
    queryFn: ({ pageParam, signal }) =>
      getJson<Page<Requestable>>('/v1/requestables', { query: { q, limit: 25, cursor: pageParam }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor ?? null,
    staleTime: 60_000,
  });
}
