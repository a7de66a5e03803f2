import type { Notification } from '../api/notification.ts';
import type { Page } from '../api/page.ts';

/** How many are unread: `3`, or `50+` where there are more than were counted; null for none. */
export function unreadCount(page: Page<Notification> | undefined): string | null {
  if (page === undefined || page.items.length === 0) return null;
  return page.next_cursor === null ? String(page.items.length) : `${page.items.length}+`;
}
