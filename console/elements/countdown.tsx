import { IconClock, IconHourglassLow, IconInfinity } from '@tabler/icons-react';
import type { Grant } from '../api/grant.ts';
import { endsSoon, formatCountdown } from '../time/countdown.ts';
import { formatExactTime } from '../time/format-time.ts';
import { useNow } from '../time/use-now.ts';
import classes from './countdown.module.css';
import { useRefreshAtEnd } from './use-refresh-at-end.ts';

/** What is left of a grant, by the server's clock. Says in words, not only in colour, when it is about to end. */
export function Countdown({ grant }: { readonly grant: Grant }) {
  const nowMs = useNow(250);
  const expiresAtMs = grant.expires_at === null ? null : Date.parse(grant.expires_at);
  const over = expiresAtMs !== null && nowMs >= expiresAtMs;
  useRefreshAtEnd(over);
  if (expiresAtMs === null) {
    return (
      <span className={classes.countdown}>
        <IconInfinity size={20} stroke={1.7} aria-hidden="true" />
        <span>Permanent, until it is revoked or given up</span>
      </span>
    );
  }
  if (over) {
    return (
      <span className={classes.countdown} data-over>
        <IconClock size={20} stroke={1.7} aria-hidden="true" />
        <span>Ended</span>
      </span>
    );
  }
  const soon = endsSoon(Date.parse(grant.starts_at), expiresAtMs, nowMs);
  const Shape = soon ? IconHourglassLow : IconClock;
  return (
    <span className={classes.countdown} data-soon={soon || undefined}>
      <Shape size={20} stroke={1.7} aria-hidden="true" />
      <span>
        {soon ? 'Ends soon: ' : ''}
        <time
          role="timer"
          className={classes.left}
          dateTime={grant.expires_at ?? ''}
          title={formatExactTime(grant.expires_at ?? '')}
        >
          {formatCountdown(expiresAtMs - nowMs)}
        </time>{' '}
        left
      </span>
    </span>
  );
}
