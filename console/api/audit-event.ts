import { infiniteQueryOptions } from '@tanstack/react-query';
import { getJson } from './api-client.ts';
import type { EntitlementRecord } from './entitlement.ts';
import type { Page } from './page.ts';
import type { Person } from './person.ts';
import { queryKeys } from './query-keys.ts';

export interface AuditTerms {
  readonly entitlement: EntitlementRecord;
  readonly duration_seconds: number | null;
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
  readonly previous_hash: string | null;
}

export interface AuditFilter {
  readonly type?: string;
  readonly subject?: string;
  readonly request_id?: string;
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
