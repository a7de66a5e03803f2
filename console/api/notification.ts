import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { getJson, postJson } from './api-client.ts';
import type { Page } from './page.ts';
import { queryKeys } from './query-keys.ts';

export interface Notification {
  readonly id: string;
  readonly event_type: string;
  readonly title: string;
  readonly body: string;
  /** A path in the console. */
  readonly link: string;
  readonly created_at: string;
  /** null: not read yet. */
  readonly read_at: string | null;
}

export type NotificationFilter = 'unread' | 'all';

const onlyUnread = (filter: NotificationFilter) => (filter === 'unread' ? { unread: true } : {});

/** One's own notifications, newest first. */
export function notificationsQuery(filter: NotificationFilter) {
  return infiniteQueryOptions({
    queryKey: [...queryKeys.notifications, filter],
    queryFn: ({ pageParam, signal }) =>
      getJson<Page<Notification>>('/v1/notifications', {
        query: { ...onlyUnread(filter), limit: 25, cursor: pageParam },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}

/** How many are unread. */
export function notificationCountQuery() {
  return queryOptions({
    queryKey: queryKeys.notificationCount,
    queryFn: ({ signal }) =>
      getJson<{ readonly count: number }>('/v1/notifications/count', { query: { unread: true }, signal }),
  });
}

/** Being told twice that it was read changes nothing. */
export function markNotificationRead(id: string): Promise<Notification> {
  return postJson(`/v1/notifications/${encodeURIComponent(id)}/read`, {});
}

/** Everything that is unread now; what arrives meanwhile stays so. */
export function markAllNotificationsRead(): Promise<unknown> {
  return postJson('/v1/notifications/read-all', {});
}
