import { formatExactTime, formatRelativeTime, formatTime, type TimePrecision } from '../time/format-time.ts';
import { useNow } from '../time/use-now.ts';

interface TimeStampProps {
  readonly time: string;
  readonly precision?: TimePrecision;
}

/** A moment in the person's zone, with the exact time as its title. */
export function TimeStamp({ time, precision = 'minute' }: TimeStampProps) {
  return (
    <time dateTime={time} title={formatExactTime(time)}>
      {formatTime(time, precision)}
    </time>
  );
}

/** `3 minutes ago`, and the date once that is more than a week. */
export function RelativeTimeStamp({ time }: { readonly time: string }) {
  const nowMs = useNow(30_000);
  return (
    <time dateTime={time} title={formatExactTime(time)}>
      {formatRelativeTime(time, nowMs) ?? formatTime(time)}
    </time>
  );
}
