import { infiniteQueryOptions } from '@tanstack/react-query';
import { getJson, postJson } from './api-client.ts';
import type { Page } from './page.ts';
import type { Person } from './person.ts';
import { queryKeys } from './query-keys.ts';

export type DeliveryState = 'pending' | 'held' | 'sent' | 'dead' | 'dropped';
export type DeliveryChannel = 'email' | 'slack' | 'webhook' | 'callback';

/** One message to one person, place or program. */
export interface Delivery {
  readonly id: string;
  readonly channel: DeliveryChannel;
  readonly state: DeliveryState;
  /** Why it was left out, or is dead. */
  readonly reason: string | null;
  readonly event_type: string;
  readonly person: Person | null;
  /** A place of the team at the channel. */
  readonly room: string | null;
  readonly webhook: { readonly id: string; readonly url: string } | null;
  readonly request_id: string | null;
  readonly title: string | null;
  readonly attempts: number;
  readonly next_attempt_at: string | null;
  readonly last_error: string | null;
  readonly response: { readonly status: number; readonly excerpt: string } | null;
  readonly created_at: string;
  readonly finished_at: string | null;
}

export interface DeliveryFilter {
  readonly state?: string;
  readonly channel?: string;
  readonly webhook?: string;
}

/** Newest first. */
export function deliveriesQuery(filter: DeliveryFilter, limit = 50) {
  return infiniteQueryOptions({
    queryKey: [...queryKeys.deliveries, filter, limit],
    queryFn: ({ pageParam, signal }) =>
      getJson<Page<Delivery>>('/v1/deliveries', { query: { ...filter, limit, cursor: pageParam }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}

/** Tries a dead one again, with all its attempts before it. */
export function resendDelivery(id: string, idempotencyKey: string): Promise<Delivery> {
  return postJson(`/v1/deliveries/${encodeURIComponent(id)}/resend`, {}, idempotencyKey);
}
