import {
  IconBell,
  IconBellCog,
  IconCircleDashedCheck,
  IconHistory,
  IconInbox,
  IconKey,
  IconPlugConnected,
  IconSend,
  IconUsers,
  type Icon,
} from '@tabler/icons-react';
import { NavLink } from 'react-router';
import type { Me } from '../api/me.ts';
import { isAdmin } from './is-admin.ts';
import classes from './navigation.module.css';
import { usePendingCount } from './use-pending-count.ts';

interface NavigationProps {
  readonly me: Me;
  readonly onNavigate?: () => void;
}

/** The same words as everywhere else; what a person may not open is not listed. */
export function Navigation({ me, onNavigate }: NavigationProps) {
  const pending = usePendingCount(me.can.review);
  return (
    <nav aria-label="Main" className={classes.navigation}>
      <ul>
        <Item to="/my-access" icon={IconKey} onNavigate={onNavigate}>
          My access
        </Item>
        <Item to="/access-requests" icon={IconSend} onNavigate={onNavigate}>
          Access Requests
        </Item>
        {me.can.review && (
          <Item to="/review" icon={IconInbox} onNavigate={onNavigate} count={pending}>
            Review
          </Item>
        )}
        <Item to="/notifications" icon={IconBell} onNavigate={onNavigate}>
          Notifications
        </Item>
      </ul>
      <p id="navigation-settings" className={classes.heading}>
        Settings
      </p>
      <ul aria-labelledby="navigation-settings">
        <Item to="/settings/notification-preferences" icon={IconBellCog} onNavigate={onNavigate}>
          Notification preferences
        </Item>
        {isAdmin(me) && (
          <>
            <Item to="/settings/people" icon={IconUsers} onNavigate={onNavigate}>
              People
            </Item>
            <Item to="/settings/resources" icon={IconPlugConnected} onNavigate={onNavigate}>
              Resources
            </Item>
            <Item to="/settings/scopes" icon={IconCircleDashedCheck} onNavigate={onNavigate}>
              Scopes
            </Item>
            <Item to="/settings/audit-log" icon={IconHistory} onNavigate={onNavigate}>
              Audit Log
            </Item>
          </>
        )}
      </ul>
    </nav>
  );
}

interface ItemProps {
  readonly to: string;
  readonly icon: Icon;
  readonly children: string;
  readonly count?: string | null;
  readonly onNavigate?: (() => void) | undefined;
}

function Item({ to, icon: Shape, children, count, onNavigate }: ItemProps) {
  return (
    <li>
      <NavLink to={to} className={classes.item} {...(onNavigate === undefined ? {} : { onClick: onNavigate })}>
        <Shape size={20} stroke={1.7} aria-hidden="true" />
        <span className={classes.words}>{children}</span>
        {count != null && (
          <span className={classes.count}>
            {count}
            <span className={classes.hidden}> waiting</span>
          </span>
        )}
      </NavLink>
    </li>
  );
}
