import type { ReactNode } from 'react';
import classes from './action-bar.module.css';

interface ActionBarProps {
  /** What the actions are about, for those who don't see where it stands. */
  readonly label: string;
  readonly children: ReactNode;
}

/** Stays at the bottom of the window while what it is about scrolls by. */
export function ActionBar({ label, children }: ActionBarProps) {
  return (
    <section className={classes.bar} aria-label={label}>
      {children}
    </section>
  );
}
