import { IconArrowRight } from '@tabler/icons-react';
import { VisuallyHidden } from '@mantine/core';
import type { TermsDifference } from './asked-given.ts';
import classes from './asked-to-given.module.css';

/** What was asked, and what would be given instead. */
export function AskedToGiven({ differences }: { readonly differences: readonly TermsDifference[] }) {
  return (
    <div aria-live="polite">
      {differences.length > 0 && (
        <dl className={classes.list} aria-label="Asked and given">
          {differences.map(({ what, asked, given }) => (
            <div key={what} className={classes.line}>
              <dt>{what}</dt>
              <dd>
                <VisuallyHidden>asked: </VisuallyHidden>
                <span className={classes.asked}>{asked}</span>
                <IconArrowRight size={16} stroke={1.8} aria-hidden="true" />
                <VisuallyHidden>, given: </VisuallyHidden>
                <b>{given}</b>
              </dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
}
