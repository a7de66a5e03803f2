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

/** So many unread ones are counted; beyond that it says that there are more. */
const COUNTED = 50;

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

/** The unread ones as the bell counts them. */
export function unreadNotificationsQuery() {
  return queryOptions({
    queryKey: queryKeys.unreadNotifications,
    queryFn: ({ signal }) => getUnreadPage(null, signal),
  });
}

export function getUnreadPage(cursor: string | null, signal?: AbortSignal): Promise<Page<Notification>> {
  return getJson<Page<Notification>>('/v1/notifications', {
    query: { ...onlyUnread('unread'), limit: COUNTED, cursor },
    ...(signal !== undefined && { signal }),
  });
}

/** Being told twice that it was read changes nothing. */
export function markNotificationRead(id: string): Promise<Notification> {
  return postJson(`/v1/notifications/${encodeURIComponent(id)}/read`, {});
}
