import type { AuditEvent } from '../api/audit-event.ts';
import { DataTable, type Column } from '../elements/data-table.tsx';
import { PersonName } from '../elements/person-name.tsx';
import { TextLink } from '../elements/text-link.tsx';
import { TimedText } from '../elements/timed-text.tsx';
import { TimeStamp } from '../elements/time-stamp.tsx';
import { AskedAndGiven } from './asked-and-given.tsx';
import { auditTypeWord } from './audit-event-types.ts';
import classes from './audit-table.module.css';

const COLUMNS: readonly Column<AuditEvent>[] = [
  { title: 'Time', cell: (event) => <TimeStamp time={event.time} precision="second" /> },
  { title: 'Who', cell: (event) => (event.actor === null ? 'Hallpass' : <PersonName person={event.actor} />) },
  {
    title: 'What',
    cell: (event) => (
      <>
        <div className={classes.type}>
          <TextLink
            to={`/settings/audit-log/${event.id}`}
            aria-label={`${auditTypeWord(event.type)}, entry ${event.sequence}`}
          >
            {auditTypeWord(event.type)}
          </TextLink>
        </div>
        <div className={classes.summary}>
          <TimedText text={event.summary} />
        </div>
        <AskedAndGiven details={event.details} />
      </>
    ),
  },
];

/** The story is not offered within the story. */
const ABOUT: Column<AuditEvent> = {
  title: 'About',
  cell: (event) => (
    <>
      {event.subject !== null && <PersonName person={event.subject} />}
      {event.request_id !== null && (
        <div className={classes.thread}>
          <TextLink to={`/settings/audit-log?request_id=${event.request_id}`}>Whole story</TextLink>
        </div>
      )}
    </>
  ),
};

const STORY_ABOUT: Column<AuditEvent> = {
  title: 'About',
  cell: (event) => (event.subject === null ? '' : <PersonName person={event.subject} />),
};

interface AuditTableProps {
  readonly caption: string;
  readonly events: readonly AuditEvent[];
  /** All of one request. */
  readonly isStory?: boolean;
}

export function AuditTable({ caption, events, isStory = false }: AuditTableProps) {
  const columns = [...COLUMNS, isStory ? STORY_ABOUT : ABOUT];
  return <DataTable caption={caption} columns={columns} rows={events} rowKey={(event) => event.id} />;
}
