import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { getJson } from './api-client.ts';
import type { EntitlementRecord } from './entitlement.ts';
import type { Page } from './page.ts';
import type { Person } from './person.ts';
import { queryKeys } from './query-keys.ts';

export interface AuditTerms {
  readonly entitlement: EntitlementRecord;
  readonly duration_seconds?: number | null;
  readonly until?: string | null;
  readonly starts_at?: string | null;
}

export interface AuditEvent {
  readonly sequence: number;
  readonly id: string;
  readonly time: string;
  readonly type: string;
  /** null: Hallpass itself. */
  readonly actor: Person | null;
  readonly subject: Person | null;
  readonly request_id: string | null;
  readonly grant_id: string | null;
  readonly evaluation_id: string | null;
  readonly summary: string;
  readonly details: Readonly<Record<string, unknown>> & { readonly asked?: AuditTerms; readonly given?: AuditTerms };
  readonly hash: string;
  readonly previous_hash: string;
}

/** What the log may be narrowed by; each as the API takes it. Empty ones don't count. */
export interface AuditFilter {
  /** Several with commas. */
  readonly type: string;
  readonly actor: string;
  readonly subject: string;
  readonly resource: string;
  readonly request_id: string;
  readonly grant_id: string;
  readonly evaluation_id: string;
  /** RFC 3339. */
  readonly from: string;
  readonly to: string;
  readonly q: string;
}

/** The story of one request. */
export interface AuditThread {
  readonly request_ids: readonly string[];
  readonly grant_ids: readonly string[];
  readonly denial: {
    readonly evaluation_id: string;
    readonly action: string | null;
    readonly time: string | null;
    readonly sidecar: string | null;
    readonly verified: boolean;
  } | null;
  /** Oldest first. */
  readonly items: readonly AuditEvent[];
  readonly truncated: boolean;
}

export function auditEventsQuery(filter: AuditFilter) {
  return infiniteQueryOptions({
    queryKey: [...queryKeys.auditEvents, filter],
    queryFn: ({ pageParam, signal }) =>
      getJson<Page<AuditEvent>>('/v1/audit-events', { query: { ...filter, limit: 50, cursor: pageParam }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}

export function auditEventQuery(id: string) {
  return queryOptions({
    queryKey: [...queryKeys.auditEvents, 'one', id],
    queryFn: ({ signal }) => getJson<AuditEvent>(`/v1/audit-events/${encodeURIComponent(id)}`, { signal }),
    // What is in the log never changes.
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function auditThreadQuery(requestId: string) {
  return queryOptions({
    queryKey: [...queryKeys.auditEvents, 'thread', requestId],
    queryFn: ({ signal }) =>
      getJson<AuditThread>('/v1/audit-events/thread', { query: { request_id: requestId }, signal }),
  });
}
