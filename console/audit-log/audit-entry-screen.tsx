import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { auditEventQuery, type AuditEvent } from '../api/audit-event.ts';
import { LoadingState } from '../elements/loading-state.tsx';
import { Page } from '../elements/page.tsx';
import { PersonName } from '../elements/person-name.tsx';
import { ProblemState } from '../elements/problem-state.tsx';
import { Section } from '../elements/section.tsx';
import { TermList, type Term } from '../elements/term-list.tsx';
import { TextLink } from '../elements/text-link.tsx';
import { TimedText } from '../elements/timed-text.tsx';
import { TimeStamp } from '../elements/time-stamp.tsx';
import { useMe } from '../shell/me-context.ts';
import { NoPermission } from '../shell/no-permission.tsx';
import { AskedAndGiven } from './asked-and-given.tsx';
import { auditTypeWord } from './audit-event-types.ts';
import classes from './audit-table.module.css';

/** One entry for good: who, what, asked and given, and the hashes that chain it to the others. */
export function AuditEntryScreen() {
  const { id = '' } = useParams();
  const me = useMe();
  const { data, isPending, isError, error, refetch } = useQuery({ ...auditEventQuery(id), enabled: me.can.read_audit });
  const title = data === undefined ? 'Audit Log entry' : auditTypeWord(data.type);
  return (
    <Page title={title} intro={<TextLink to="/settings/audit-log">Audit Log</TextLink>}>
      {!me.can.read_audit && <NoPermission what="the Audit Log" />}
      {me.can.read_audit && isPending && <LoadingState what="the entry" rows={4} />}
      {isError && <ProblemState error={error} onRetry={() => void refetch()} />}
      {data !== undefined && <Entry event={data} />}
    </Page>
  );
}

function Entry({ event }: { readonly event: AuditEvent }) {
  return (
    <>
      <p className={classes.sentence}>
        <TimedText text={event.summary} />
      </p>
      <TermList terms={facts(event)} />
      <AskedAndGiven details={event.details} />
      <Section title="As it is stored">
        <pre className={classes.facts}>{JSON.stringify(event.details, null, 2)}</pre>
        <TermList
          terms={[
            { name: 'Hash', value: <code className={classes.hash}>{event.hash}</code> },
            { name: 'Of the one before', value: <code className={classes.hash}>{event.previous_hash}</code> },
          ]}
        />
      </Section>
    </>
  );
}

function facts(event: AuditEvent): Term[] {
  const { request_id, grant_id, evaluation_id, subject } = event;
  return [
    { name: 'Time', value: <TimeStamp time={event.time} precision="second" /> },
    { name: 'Done by', value: event.actor === null ? 'Hallpass itself' : <PersonName person={event.actor} /> },
    ...(subject === null ? [] : [{ name: 'About', value: <PersonName person={subject} /> }]),
    ...(request_id === null
      ? []
      : [
          {
            name: 'Request',
            value: (
              <>
                <TextLink to={`/access-requests/${request_id}`}>{request_id}</TextLink>
                <br />
                <TextLink to={`/settings/audit-log?request_id=${request_id}`}>Whole story</TextLink>
              </>
            ),
          },
        ]),
    ...(grant_id === null
      ? []
      : [{ name: 'Grant', value: <TextLink to={`/settings/audit-log?grant_id=${grant_id}`}>{grant_id}</TextLink> }]),
    ...(evaluation_id === null
      ? []
      : [
          {
            name: 'Evaluation',
            value: <TextLink to={`/settings/audit-log?evaluation_id=${evaluation_id}`}>{evaluation_id}</TextLink>,
          },
        ]),
    { name: 'Entry', value: `${event.sequence} (${event.id})` },
  ];
}
