import {
  IconBell,
  IconBellCog,
  IconCircleDashedCheck,
  IconHistory,
  IconInbox,
  IconKey,
  IconMailCheck,
  IconPlugConnected,
  IconSend,
  IconSpeakerphone,
  IconUserCircle,
  IconUsers,
  IconWebhook,
  type Icon,
} from '@tabler/icons-react';
import { NavLink } from 'react-router';
import type { Me } from '../api/me.ts';
import { isAdmin } from './is-admin.ts';
import classes from './navigation.module.css';
import { usePendingCount } from './use-pending-count.ts';

interface Place {
  readonly to: string;
  readonly icon: Icon;
  readonly name: string;
}

/** What everybody may set, and what Admins and the Owner may. */
const OWN_SETTINGS: readonly Place[] = [
  { to: '/settings/profile', icon: IconUserCircle, name: 'Profile' },
  { to: '/settings/notification-preferences', icon: IconBellCog, name: 'Notification preferences' },
];
const ADMIN_SETTINGS: readonly Place[] = [
  { to: '/settings/people', icon: IconUsers, name: 'People' },
  { to: '/settings/resources', icon: IconPlugConnected, name: 'Resources' },
  { to: '/settings/scopes', icon: IconCircleDashedCheck, name: 'Scopes' },
  { to: '/settings/audit-log', icon: IconHistory, name: 'Audit Log' },
  { to: '/settings/notification-policy', icon: IconSpeakerphone, name: 'Notification policy' },
  { to: '/settings/deliveries', icon: IconMailCheck, name: 'Deliveries' },
  { to: '/settings/webhooks', icon: IconWebhook, name: 'Webhooks' },
];

interface NavigationProps {
  readonly me: Me;
  readonly onNavigate?: () => void;
}

/** The same words as everywhere else; what a person may not open is not listed. */
export function Navigation({ me, onNavigate }: NavigationProps) {
  const pending = usePendingCount(me.can.review);
  const settings = isAdmin(me) ? [...OWN_SETTINGS, ...ADMIN_SETTINGS] : OWN_SETTINGS;
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
        {settings.map(({ to, icon, name }) => (
          <Item key={to} to={to} icon={icon} onNavigate={onNavigate}>
            {name}
          </Item>
        ))}
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
