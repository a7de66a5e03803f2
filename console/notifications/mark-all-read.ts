import type { Notification } from '../api/notification.ts';
import type { Page } from '../api/page.ts';

export interface NotificationCalls {
  readonly getUnreadPage: (cursor: string | null) => Promise<Page<Notification>>;
  readonly markRead: (id: string) => Promise<unknown>;
}

/**
 * Marks what was unread at the start, one by one, for the API marks one at a time. What arrives meanwhile is newer than
 * the first page and stays unread.
 * @param onMarked told how many are done after each one
 * @throws ApiProblem of the first that failed; those before it are marked
 */
export async function markAllRead(calls: NotificationCalls, onMarked: (done: number) => void): Promise<void> {
  let done = 0;
  let cursor: string | null = null;
  do {
    // A cursor is a place in time, so that it holds although the page before it is no longer unread.
    const page: Page<Notification> = await calls.getUnreadPage(cursor);
    for (const { id } of page.items) {
      await calls.markRead(id);
      done += 1;
      onMarked(done);
    }
    cursor = page.next_cursor;
  } while (cursor !== null);
}
