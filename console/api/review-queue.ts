import { queryOptions } from '@tanstack/react-query';
import type { RequestStatus } from '../../core/access/access-request.ts';
import type { AccessRequest, RequestFilter } from './access-request.ts';
import { getJson, postJson } from './api-client.ts';
import type { ProblemDocument } from './api-problem.ts';
import type { NamedEntitlement, NamedResource } from './entitlement.ts';
import type { Grant } from './grant.ts';
import type { Page } from './page.ts';
import { queryKeys } from './query-keys.ts';

export const QUEUE_PAGE_SIZE = 25;

/** One page of the queue. */
export function queuePageQuery(filter: RequestFilter, cursor: string | null) {
  return queryOptions({
    queryKey: [...queryKeys.accessRequests, 'queue', filter, cursor],
    queryFn: ({ signal }) =>
      getJson<Page<AccessRequest>>('/v1/access-requests', {
        query: { ...filter, limit: QUEUE_PAGE_SIZE, cursor },
        signal,
      }),
  });
}

/** How many there are on all pages. */
export function requestCountQuery(filter: RequestFilter) {
  return queryOptions({
    queryKey: [...queryKeys.requestCount, filter],
    queryFn: ({ signal }) =>
      getJson<{ readonly count: number }>('/v1/access-requests/count', { query: { ...filter }, signal }),
  });
}

export type Verdict = 'approve' | 'deny';

export interface BulkDecision {
  /** 100 at the most. */
  readonly ids: readonly string[];
  readonly verdict: Verdict;
  readonly note?: string;
}

export interface BulkResult {
  readonly id: string;
  /** `recorded`: the review counts, but more approvals are needed. */
  readonly outcome: 'approved' | 'denied' | 'recorded' | 'refused';
  readonly problem?: ProblemDocument;
}

/** Each in a transaction of its own: one that is refused holds up no other. */
export function decideRequests(
  decision: BulkDecision,
  idempotencyKey: string,
): Promise<{ readonly results: readonly BulkResult[] }> {
  return postJson('/v1/access-requests/decide', decision, idempotencyKey);
}

export interface BreakGlassVerdict {
  readonly justified: boolean;
  readonly note: string;
}

/** Reviews access that somebody took without waiting. */
export function closeBreakGlass(id: string, verdict: BreakGlassVerdict, idempotencyKey: string): Promise<unknown> {
  return postJson(`/v1/access-requests/${encodeURIComponent(id)}/close`, verdict, idempotencyKey);
}

export interface PastRequest extends NamedEntitlement {
  readonly id: string;
  readonly status: RequestStatus;
  readonly submitted_at: string;
  readonly decided_at: string | null;
}

/** What a reviewer wants to know beside the request itself. */
export interface RequestContext {
  readonly requester: {
    readonly id: string;
    readonly name: string;
    readonly email: string;
    readonly role: string;
    readonly groups: readonly string[];
  };
  readonly active_grants: readonly Grant[];
  readonly past_requests: readonly PastRequest[];
  /** The resources that an approval as asked would open. */
  readonly covers: readonly NamedResource[];
  readonly denial: {
    readonly evaluation_id: string;
    readonly action: string | null;
    /** null: nobody knows. */
    readonly at: string | null;
  } | null;
}

export function requestContextQuery(id: string) {
  return queryOptions({
    queryKey: [...queryKeys.accessRequest(id), 'context'],
    queryFn: ({ signal }) =>
      getJson<RequestContext>(`/v1/access-requests/${encodeURIComponent(id)}/context`, { signal }),
    staleTime: 10_000,
  });
}
