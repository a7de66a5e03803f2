import { formatExactTime } from '../time/format-time.ts';
import { formatRemaining } from '../time/format-remaining.ts';
import { useNow } from '../time/use-now.ts';
import classes from './review-table.module.css';

/** From here on it is said in another colour as well. */
const SOON_MS = 3_600_000;

/** Until when a request waits for somebody to decide it. */
export function TimesOut({ at }: { readonly at: string | undefined }) {
  const nowMs = useNow(30_000);
  if (at === undefined) return null;
  const leftMs = Date.parse(at) - nowMs;
  if (leftMs <= 0) return <div className={classes.timesOut}>Times out now</div>;
  return (
    <div className={classes.timesOut} data-soon={leftMs < SOON_MS || undefined}>
      <time dateTime={at} title={formatExactTime(at)}>
        Times out in {formatRemaining(leftMs)}
      </time>
    </div>
  );
}
