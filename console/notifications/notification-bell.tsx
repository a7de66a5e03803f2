import { IconBell } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { useFallbackPoll } from '../api/live-state.ts';
import { notificationCountQuery } from '../api/notification.ts';
import classes from './notification-bell.module.css';
import { unreadCount } from './unread-count.ts';

/** While the server does not tell by itself: while the page is seen; a hidden tab asks again when it is shown. */
const POLL_MS = 15_000;

/** How many notifications are unread, and the way to them. */
export function NotificationBell() {
  const unread = useQuery({
    ...notificationCountQuery(),
    refetchInterval: useFallbackPoll(POLL_MS),
    refetchOnWindowFocus: 'always',
  });
  const count = unreadCount(unread.data?.count);
  return (
    <Link
      to="/notifications"
      className={classes.bell}
      aria-label={count === null ? 'Notifications' : `Notifications, ${count} unread`}
    >
      <IconBell size={22} stroke={1.7} aria-hidden="true" />
      {count !== null && (
        <span className={classes.count} aria-hidden="true">
          {count}
        </span>
      )}
    </Link>
  );
}
