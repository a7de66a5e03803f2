import { Link } from 'react-router';
import type { Notification } from '../api/notification.ts';
import { TimedText } from '../elements/timed-text.tsx';
import { RelativeTimeStamp } from '../elements/time-stamp.tsx';
import { consolePath } from './console-path.ts';
import classes from './notification-list.module.css';
import { useMarkRead } from './use-mark-read.ts';

/** Each leads to what it is about, and is read by being opened. */
export function NotificationList({ notifications }: { readonly notifications: readonly Notification[] }) {
  return (
    <ul className={classes.list}>
      {notifications.map((notification) => (
        <li key={notification.id} className={classes.item} data-unread={notification.read_at === null || undefined}>
          <Subject notification={notification} />
          <p className={classes.body}>
            <TimedText text={notification.body} />
          </p>
          <p className={classes.when}>
            <RelativeTimeStamp time={notification.created_at} />
          </p>
        </li>
      ))}
    </ul>
  );
}

function Subject({ notification }: { readonly notification: Notification }) {
  const { mutate } = useMarkRead();
  const unread = notification.read_at === null;
  const path = consolePath(notification.link);
  const words = (
    <>
      {unread && <span className={classes.mark}>New</span>}
      {notification.title}
    </>
  );
  if (path === null) return <span className={classes.title}>{words}</span>;
  const read = () => {
    if (unread) mutate(notification.id);
  };
  return (
    // The second is for the middle button, which opens it in another tab.
    <Link to={path} className={classes.title} onClick={read} onAuxClick={read}>
      {words}
    </Link>
  );
}
