/** More than this takes too much room, and nobody counts on it. */
const MOST_SHOWN = 99;

/** How many are unread, for a badge: `3`, or `99+`; null for none, and while it is not known. */
export function unreadCount(unread: number | undefined): string | null {
  if (unread === undefined || unread === 0) return null;
  return unread > MOST_SHOWN ? `${MOST_SHOWN}+` : String(unread);
}
