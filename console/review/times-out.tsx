import { formatExactTime } from '../time/format-time.ts';
import { formatRemaining } from '../time/format-remaining.ts';
import { useNow } from '../time/use-now.ts';
import classes from './review-table.module.css';

/** From here on it is said in another colour as well. */
const SOON_MS = 3_600_000;

interface TimesOutProps {
  readonly at: string | undefined;
  /** For a narrow column. */
  readonly short?: boolean;
}

/** Until when a request waits for somebody to decide it. */
export function TimesOut({ at, short = false }: TimesOutProps) {
  const nowMs = useNow(30_000);
  if (at === undefined) return null;
  const leftMs = Date.parse(at) - nowMs;
  if (leftMs <= 0) return <div className={classes.timesOut}>Times out now</div>;
  return (
    <div className={classes.timesOut} data-soon={leftMs < SOON_MS || undefined}>
      <time dateTime={at} title={formatExactTime(at)}>
        {short ? `${shortWords(leftMs)} left` : `Times out in ${formatRemaining(leftMs)}`}
      </time>
    </div>
  );
}

/** `23 h`, `40 min`: enough to see what is urgent. */
function shortWords(ms: number): string {
  return ms >= SOON_MS ? `${Math.round(ms / SOON_MS)} h` : `${Math.max(1, Math.round(ms / 60_000))} min`;
}
