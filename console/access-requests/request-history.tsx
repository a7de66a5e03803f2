import { Paper } from '@mantine/core';
import type { AccessRequest } from '../api/access-request.ts';
import { TimeStamp } from '../elements/time-stamp.tsx';
import { TimedText } from '../elements/timed-text.tsx';
import { requestHistory } from './request-history-entries.ts';
import classes from './request-history.module.css';

/** What happened to a request, in order. */
export function RequestHistory({ request }: { readonly request: AccessRequest }) {
  return (
    <Paper>
      <ol className={classes.history}>
        {requestHistory(request).map((entry) => (
          <li key={`${entry.time} ${entry.words}`} className={classes.entry} data-look={entry.look}>
            <span>
              <TimedText text={entry.words} />
            </span>
            {entry.note !== null && <span className={classes.note}>{entry.note}</span>}
            <span className={classes.time}>
              <TimeStamp time={entry.time} precision="second" />
            </span>
          </li>
        ))}
      </ol>
    </Paper>
  );
}
