import { infiniteQueryOptions } from '@tanstack/react-query';
import type { GrantState } from '../../core/access/grant.ts';
import { getJson, postJson } from './api-client.ts';
import type { AskedTime } from './asked-time.ts';
import type { AskedEntitlement, NamedEntitlement } from './entitlement.ts';
import type { Page } from './page.ts';
import type { Person } from './person.ts';
import { queryKeys } from './query-keys.ts';

export interface Grant extends NamedEntitlement {
  readonly id: string;
  readonly subject: Person;
  readonly starts_at: string;
  /** null: permanent. */
  readonly expires_at: string | null;
  readonly state: GrantState;
  readonly request_id: string | null;
  readonly origin: 'request' | 'automatic' | 'assignment' | 'break-glass';
  /** Emergency access, taken without a review before it. */
  readonly break_glass: boolean;
  /** Whether its holder may ask for more time now. */
  readonly can_extend: boolean;
  /** When it carried a request for the first time; null: not yet. */
  readonly first_used_at: string | null;
  readonly created_at: string;
  readonly ended_at: string | null;
  readonly ended_by: Person | null;
  readonly end_note: string | null;
}

/** The signed-in person's own grants in every state, newest first. */
export function myGrantsQuery() {
  return infiniteQueryOptions({
    queryKey: queryKeys.myGrants,
    queryFn: ({ pageParam, signal }) =>
      getJson<Page<Grant>>('/v1/grants', { query: { subject: 'me', limit: 50, cursor: pageParam }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}

/** What one person holds now, newest first. For Admins. */
export function grantsOfQuery(personId: string) {
  return infiniteQueryOptions({
    queryKey: queryKeys.grantsOf(personId),
    queryFn: ({ pageParam, signal }) =>
      getJson<Page<Grant>>('/v1/grants', {
        query: { subject: personId, active: true, limit: 50, cursor: pageParam },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}

export type Assignment = AskedEntitlement &
  AskedTime & {
    readonly subject_id: string;
    /** Left out: now. */
    readonly starts_at?: string;
    readonly reason?: string;
  };

interface WrittenGrant {
  readonly grant: Grant;
  readonly feed_revision: number | null;
}

/** Gives access without a request. */
export function assignGrant(assignment: Assignment, idempotencyKey: string): Promise<WrittenGrant> {
  return postJson('/v1/grants', assignment, idempotencyKey);
}

/** Ends a grant: an Admin revokes it, its holder gives it up. */
export function revokeGrant(id: string, reason: string, idempotencyKey?: string): Promise<WrittenGrant> {
  return postJson(`/v1/grants/${encodeURIComponent(id)}/revoke`, reason === '' ? {} : { reason }, idempotencyKey);
}
