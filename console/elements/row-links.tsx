import { IconChevronRight } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import classes from './row-links.module.css';

export interface RowLink {
  readonly key: string;
  /** null: this is what the page itself is about. */
  readonly to: string | null;
  /** What the link is called. */
  readonly label: string;
  readonly content: ReactNode;
  readonly aside?: ReactNode;
}

/** Lines in a small list, each the way to what it is about. */
export function RowLinks({ rows }: { readonly rows: readonly RowLink[] }) {
  return (
    <ul className={classes.list}>
      {rows.map(({ key, to, label, content, aside }) => (
        <li key={key} className={classes.row} aria-current={to === null || undefined}>
          <span className={classes.content}>{content}</span>
          <span className={classes.aside}>
            {aside}
            {to !== null && (
              <Link to={to} className={classes.link} aria-label={`Open ${label}`}>
                <IconChevronRight size={20} stroke={1.7} aria-hidden="true" />
              </Link>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}
