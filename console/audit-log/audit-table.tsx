import type { AuditEvent } from '../api/audit-event.ts';
import { DataTable, type Column } from '../elements/data-table.tsx';
import { PersonName } from '../elements/person-name.tsx';
import { TextLink } from '../elements/text-link.tsx';
import { TimeStamp } from '../elements/time-stamp.tsx';
import { auditTypeWord } from './audit-event-types.ts';
import { AskedAndGiven } from './asked-and-given.tsx';
import { AuditDetails } from './audit-details.tsx';
import classes from './audit-table.module.css';

const COLUMNS: readonly Column<AuditEvent>[] = [
  { title: 'Time', cell: (event) => <TimeStamp time={event.time} precision="second" /> },
  { title: 'Who', cell: (event) => (event.actor === null ? 'Hallpass' : <PersonName person={event.actor} />) },
  {
    title: 'What',
    cell: (event) => (
      <>
        <div className={classes.type}>{auditTypeWord(event.type)}</div>
        <div>{event.summary}</div>
        <AskedAndGiven details={event.details} />
        <AuditDetails event={event} />
      </>
    ),
  },
  {
    title: 'About',
    cell: (event) =>
      event.subject === null ? (
        ''
      ) : (
        <>
          <PersonName person={event.subject} />
          {event.request_id !== null && (
            <div className={classes.thread}>
              <TextLink to={`/settings/audit-log?request_id=${event.request_id}`}>Whole story</TextLink>
            </div>
          )}
        </>
      ),
  },
];

export function AuditTable({ events }: { readonly events: readonly AuditEvent[] }) {
  return <DataTable caption="Audit log" columns={COLUMNS} rows={events} rowKey={(event) => event.id} />;
}
