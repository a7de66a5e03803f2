import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { RequestStatus } from '../../core/access/access-request.ts';
import type { ResourceType } from '../../core/access/resource.ts';
import type { Role } from '../../core/access/role.ts';
import { getJson, postJson } from './api-client.ts';
import type { AskedEntitlement, NamedEntitlement } from './entitlement.ts';
import type { Grant } from './grant.ts';
import type { Page } from './page.ts';
import type { Person } from './person.ts';
import { queryKeys } from './query-keys.ts';

export interface Review {
  readonly id: string;
  /** null: the policy itself. */
  readonly reviewer: Person | null;
  readonly verdict: 'approve' | 'deny';
  readonly note: string | null;
  readonly created_at: string;
}

export interface GivenTerms extends NamedEntitlement {
  readonly duration_seconds: number | null;
  readonly modifications: readonly ('entitlement' | 'duration_seconds')[];
}

export interface SuggestedScope {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly environments: readonly string[];
  readonly connections: readonly string[];
  readonly targets: readonly string[];
}

export interface AccessRequest extends NamedEntitlement {
  readonly id: string;
  readonly status: RequestStatus;
  readonly requester: Person;
  readonly reason: string;
  /** null: permanent. */
  readonly duration_seconds: number | null;
  readonly action: string | null;
  readonly evaluation_id: string | null;
  /** Whether action and evaluation come from a sidecar's signed denial; otherwise they are what the link said. */
  readonly denial_verified: boolean;
  readonly return_to: string | null;
  readonly submitted_at: string;
  readonly decided_at: string | null;
  readonly approvals_required: number;
  /** null: no ceiling. */
  readonly max_duration_seconds: number | null;
  readonly reviews: readonly Review[];
  readonly given: GivenTerms | null;
  readonly grant: Grant | null;
  /** True once every sidecar before the resource has applied the grant. */
  readonly in_effect: boolean;
  readonly can_review: boolean;
  readonly can_cancel: boolean;
  readonly policy_reasons: readonly string[];
  /** Only in the single view, only for reviewers; the narrowest first. */
  readonly suggested_scopes?: readonly SuggestedScope[];
}

export type NewAccessRequest = AskedEntitlement & {
  readonly reason: string;
  readonly duration_seconds: number | null;
  readonly evaluation_id?: string;
  readonly action?: string;
  readonly return_to?: string;
};

export interface Decided {
  readonly request: AccessRequest;
}

export interface Approval {
  readonly duration_seconds?: number | null;
  readonly scope_id?: string;
  readonly resource?: { readonly type: ResourceType; readonly id: string };
  readonly role?: Role;
  readonly note?: string;
}

export interface RequestFilter {
  readonly status?: string;
  readonly requester?: string;
}

export function accessRequestsQuery(filter: RequestFilter) {
  return infiniteQueryOptions({
    queryKey: [...queryKeys.accessRequests, filter],
    queryFn: ({ pageParam, signal }) =>
      getJson<Page<AccessRequest>>('/v1/access-requests', {
        query: { ...filter, limit: 25, cursor: pageParam },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}

export function accessRequestQuery(id: string) {
  return queryOptions({
    queryKey: queryKeys.accessRequest(id),
    queryFn: ({ signal }) => getJson<AccessRequest>(`/v1/access-requests/${encodeURIComponent(id)}`, { signal }),
  });
}

export function submitAccessRequest(request: NewAccessRequest, idempotencyKey: string): Promise<AccessRequest> {
  return postJson('/v1/access-requests', request, idempotencyKey);
}

export function approveAccessRequest(id: string, approval: Approval): Promise<Decided & { grant: Grant | null }> {
  return postJson(`/v1/access-requests/${encodeURIComponent(id)}/approve`, approval);
}

export function denyAccessRequest(id: string, reason: string): Promise<Decided> {
  return postJson(`/v1/access-requests/${encodeURIComponent(id)}/deny`, reason === '' ? {} : { reason });
}

export function cancelAccessRequest(id: string): Promise<Decided> {
  return postJson(`/v1/access-requests/${encodeURIComponent(id)}/cancel`, {});
}
