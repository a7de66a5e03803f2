import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { RequestStatus } from '../../core/access/access-request.ts';
import type { ResourceRef, ResourceType } from '../../core/access/resource.ts';
import type { Role } from '../../core/access/role.ts';
import { getJson, postJson } from './api-client.ts';
import type { AskedTime } from './asked-time.ts';
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

export type Modification = 'entitlement' | 'duration_seconds' | 'starts_at';

/** What was given: of duration and end exactly one is set, or neither, which is permanent. */
export interface GivenTerms extends NamedEntitlement {
  readonly duration_seconds: number | null;
  readonly starts_at: string | null;
  readonly until: string | null;
  readonly modifications: readonly Modification[];
}

export interface SuggestedScope {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly environments: readonly string[];
  readonly connections: readonly string[];
  readonly targets: readonly string[];
}

/** One step of the review. Stages run in order. */
export interface Stage {
  readonly name: string;
  readonly approvals_required: number;
  readonly reviewers: {
    readonly roles: readonly Role[];
    readonly people: readonly Person[];
    readonly scope_owners: boolean;
  };
  /** How many approvals it has so far. */
  readonly approvals: number;
  readonly state: 'done' | 'current' | 'waiting';
}

/** Another request of the same submission; it is decided by rules of its own. */
export interface BundleEntry extends NamedEntitlement {
  readonly id: string;
  readonly status: RequestStatus;
}

/** The review that follows emergency access; `closed_at` null: still to come. */
export interface BreakGlassReview {
  readonly closed_at: string | null;
  readonly closed_by: Person | null;
  readonly justified: boolean | null;
  readonly note: string | null;
}

export interface HistoryRecord {
  readonly at: string;
  readonly type: string;
  /** null: Hallpass itself. */
  readonly actor: Person | null;
  readonly text: string;
  readonly note: string | null;
}

export interface AccessRequest extends NamedEntitlement {
  readonly id: string;
  readonly status: RequestStatus;
  readonly requester: Person;
  readonly reason: string;
  /** null: permanent, unless `until` is set. */
  readonly duration_seconds: number | null;
  /** Asked to end then, whenever it begins. */
  readonly until: string | null;
  /** Asked to begin then; null: at approval. */
  readonly starts_at: string | null;
  readonly action: string | null;
  readonly evaluation_id: string | null;
  /** Whether action and evaluation come from a sidecar's signed denial; otherwise they are what the link said. */
  readonly denial_verified: boolean;
  readonly return_to: string | null;
  readonly submitted_at: string;
  /** Undecided by then, it times out. */
  readonly pending_until: string;
  readonly decided_at: string | null;
  readonly approvals_required: number;
  /** null: no ceiling. */
  readonly max_duration_seconds: number | null;
  readonly stages: readonly Stage[];
  /** Who can act now, the first ten of `awaiting_count`. */
  readonly awaiting: readonly Person[];
  readonly awaiting_count: number;
  readonly reminded_at: string | null;
  /** null: there is nobody to remind. */
  readonly can_remind_at: string | null;
  /** null: asked for on its own. */
  readonly bundle_id: string | null;
  /** All of one submission, this one included; only in the single view. */
  readonly bundle: readonly BundleEntry[];
  /** The grant that this asks more time for. */
  readonly extends_grant: Grant | null;
  readonly break_glass: BreakGlassReview | null;
  /** Only in the answer to a submission: an equal one was pending, and this is that one. */
  readonly joined?: boolean;
  readonly reviews: readonly Review[];
  readonly given: GivenTerms | null;
  readonly grant: Grant | null;
  /** True once every sidecar before the resource has applied the grant. */
  readonly in_effect: boolean;
  readonly can_review: boolean;
  readonly can_cancel: boolean;
  readonly policy_reasons: readonly string[];
  /** What happened, oldest first; only in the single view. */
  readonly history?: readonly HistoryRecord[];
  /** Only in the single view, only for reviewers; the narrowest first. */
  readonly suggested_scopes?: readonly SuggestedScope[];
}

/** One thing, or up to ten resources at once. */
export type AskedThings = AskedEntitlement | { readonly resources: readonly ResourceRef[] };

export type NewAccessRequest = AskedThings &
  AskedTime & {
    readonly reason: string;
    readonly starts_at?: string;
    readonly break_glass?: true;
    readonly extends_grant_id?: string;
    readonly evaluation_id?: string;
    readonly action?: string;
    readonly return_to?: string;
  };

export interface Decided {
  readonly request: AccessRequest;
}

export interface Approval {
  readonly duration_seconds?: number | null;
  readonly until?: string;
  /** null: at approval. */
  readonly starts_at?: string | null;
  readonly scope_id?: string;
  readonly resource?: { readonly type: ResourceType; readonly id: string };
  readonly role?: Role;
  readonly note?: string;
}

export interface RequestFilter {
  /** Several are separated by commas. */
  readonly status?: string;
  readonly requester?: string;
  /** `connection:aws-production` */
  readonly resource?: string;
  readonly kind?: string;
  /** Part of a reason, a name or an id. */
  readonly q?: string;
  readonly awaiting?: 'me';
  readonly break_glass?: 'open';
  readonly bundle?: string;
  readonly sort?: 'submitted' | 'pending_until' | 'requester';
  readonly order?: 'asc' | 'desc';
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
    queryFn: ({ signal }) => getJson<AccessRequest>(requestPath(id), { signal }),
  });
}

export function submitAccessRequest(request: NewAccessRequest, idempotencyKey: string): Promise<AccessRequest> {
  return postJson('/v1/access-requests', request, idempotencyKey);
}

export function approveAccessRequest(id: string, approval: Approval): Promise<Decided & { grant: Grant | null }> {
  return postJson(`${requestPath(id)}/approve`, approval);
}

export function denyAccessRequest(id: string, reason: string): Promise<Decided> {
  return postJson(`${requestPath(id)}/deny`, reason === '' ? {} : { reason });
}

export function cancelAccessRequest(id: string): Promise<Decided> {
  return postJson(`${requestPath(id)}/cancel`, {});
}

/** Tells those who are awaited once more. @throws ApiProblem 429 `too-soon` before `can_remind_at` */
export function remindReviewers(id: string): Promise<unknown> {
  return postJson(`${requestPath(id)}/remind`, {});
}

function requestPath(id: string): string {
  return `/v1/access-requests/${encodeURIComponent(id)}`;
}
