import { Burger, Drawer } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Suspense } from 'react';
import { Link, Outlet, useLocation } from 'react-router';
import type { Me } from '../api/me.ts';
import { useLiveHints } from '../api/use-live-hints.ts';
import { BrandMark } from '../elements/brand-mark.tsx';
import { LoadingState } from '../elements/loading-state.tsx';
import { NotificationBell } from '../notifications/notification-bell.tsx';
import { AccountPanel } from './account-panel.tsx';
import { EndingStrip } from './ending-strip.tsx';
import classes from './console-shell.module.css';
import { Navigation } from './navigation.tsx';
import { ScreenBoundary } from './screen-boundary.tsx';

/** Navigation at the left, or behind a burger on a phone; the screen beside it. */
export function ConsoleShell({ me }: { readonly me: Me }) {
  const [menuOpened, menu] = useDisclosure(false);
  const { pathname } = useLocation();
  useLiveHints();
  return (
    <div className={classes.shell}>
      <a href="#content" className={classes.skip}>
        Skip to content
      </a>
      <section aria-label="Hallpass" className={classes.top}>
        <Brand />
        <div className={classes.tools}>
          <NotificationBell />
          <Burger opened={menuOpened} onClick={menu.toggle} aria-label="Menu" aria-expanded={menuOpened} />
        </div>
      </section>
      <aside className={classes.side} aria-label="Navigation and account">
        <div className={classes.sticky}>
          <div className={classes.head}>
            <Brand />
            <NotificationBell />
          </div>
          <Navigation me={me} />
          <div className={classes.foot}>
            <AccountPanel me={me} />
          </div>
        </div>
      </aside>
      <Drawer
        opened={menuOpened}
        onClose={menu.close}
        title="Menu"
        size="min(20rem, 86vw)"
        closeButtonProps={{ 'aria-label': 'Close menu' }}
      >
        <Navigation me={me} onNavigate={menu.close} />
        <div className={classes.foot}>
          <AccountPanel me={me} />
        </div>
      </Drawer>
      <main id="content" tabIndex={-1} className={classes.main}>
        <EndingStrip grants={me.grants} />
        <ScreenBoundary key={pathname}>
          <Suspense fallback={<LoadingState what="this screen" />}>
            <Outlet />
          </Suspense>
        </ScreenBoundary>
      </main>
    </div>
  );
}

function Brand() {
  return (
    <Link to="/my-access" className={classes.brand}>
      <BrandMark />
      <span>Hallpass</span>
    </Link>
  );
}
