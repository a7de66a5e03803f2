import { shareLeft } from '../time/countdown.ts';
import { useNow } from '../time/use-now.ts';
import classes from './pass-time.module.css';

interface PassTimeProps {
  readonly startsAt: string;
  readonly expiresAt: string;
}

/** How much of the time is left, for the eye; the countdown beside it says the same in words. */
export function PassTime({ startsAt, expiresAt }: PassTimeProps) {
  const nowMs = useNow(1_000);
  const share = shareLeft(Date.parse(startsAt), Date.parse(expiresAt), nowMs);
  return (
    <span className={classes.track} aria-hidden="true">
      <span className={classes.left} style={{ width: `${share * 100}%` }} />
    </span>
  );
}
