import type { AccessRequest } from '../api/access-request.ts';
import { TimeStamp } from '../elements/time-stamp.tsx';
import { formatDuration } from '../time/format-duration.ts';

type TimeOfRequest = Pick<AccessRequest, 'duration_seconds' | 'until' | 'starts_at'>;

/** `4 hours`, `Until 3 Jun 2026, 18:00`, `Permanent`; and when it is to begin, where that was asked for. */
export function AskedTime({ duration_seconds: seconds, until, starts_at: start }: TimeOfRequest) {
  return (
    <>
      {until === null || until === undefined ? (
        formatDuration(seconds)
      ) : (
        <>
          Until <TimeStamp time={until} />
        </>
      )}
      {start !== null && start !== undefined && (
        <div>
          from <TimeStamp time={start} />
        </div>
      )}
    </>
  );
}
