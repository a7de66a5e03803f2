import { Title } from '@mantine/core';
import { useRef, type ReactNode } from 'react';
import classes from './page.module.css';
import { useArrival } from './use-arrival.ts';

interface PageProps {
  readonly title: string;
  /** The browser tab's title, where it says more than the heading does. */
  readonly tabTitle?: string;
  readonly intro?: ReactNode;
  readonly actions?: ReactNode;
  /** Forms read better narrow. */
  readonly narrow?: boolean;
  readonly children: ReactNode;
}

/** One screen: tab title, heading (focused after a navigation, so that it is read out), what one can do, content. */
export function Page({ title, tabTitle, intro, actions, narrow = false, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useArrival(heading);
  return (
    <div className={narrow ? classes.narrow : classes.page}>
      <title>{`${tabTitle ?? title} · Hallpass`}</title>
      <header className={classes.header}>
        <div className={classes.words}>
          <Title order={1} ref={heading} tabIndex={-1}>
            {title}
          </Title>
          {intro !== undefined && <div className={classes.intro}>{intro}</div>}
        </div>
        {actions !== undefined && <div className={classes.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}
