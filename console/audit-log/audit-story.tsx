import { Alert } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { auditThreadQuery, type AuditThread } from '../api/audit-event.ts';
import { LoadingState } from '../elements/loading-state.tsx';
import { ProblemState } from '../elements/problem-state.tsx';
import { Section } from '../elements/section.tsx';
import { TermList } from '../elements/term-list.tsx';
import { TextLink } from '../elements/text-link.tsx';
import { TimeStamp } from '../elements/time-stamp.tsx';
import { AuditTable } from './audit-table.tsx';

/** One request from the refusal it came from to the end of the access it gave, oldest first. */
export function AuditStory({ requestId }: { readonly requestId: string }) {
  const { data, isPending, isError, error, refetch } = useQuery({
    ...auditThreadQuery(requestId),
    refetchInterval: 15_000,
  });
  return (
    <>
      <Alert color="pine" title="The story of one request, oldest first">
        <TextLink to={`/access-requests/${requestId}`}>Open the request</TextLink> or{' '}
        <TextLink to="/settings/audit-log">show the whole Audit Log</TextLink>.
      </Alert>
      {isPending && <LoadingState what="the story" rows={5} />}
      {isError && data === undefined && <ProblemState error={error} onRetry={() => void refetch()} />}
      {data?.denial != null && <Denial denial={data.denial} />}
      {data !== undefined && <AuditTable caption="The story of one request" events={data.items} isStory />}
      {data?.truncated === true && (
        <Alert color="amber">The story goes on; only its first {data.items.length} entries are shown.</Alert>
      )}
    </>
  );
}

function Denial({ denial }: { readonly denial: NonNullable<AuditThread['denial']> }) {
  const { evaluation_id, action, time, sidecar, verified } = denial;
  return (
    <Section title="It began with a refusal">
      <TermList
        terms={[
          ...(time === null ? [] : [{ name: 'Refused', value: <TimeStamp time={time} precision="second" /> }]),
          ...(action === null ? [] : [{ name: 'Action', value: action }]),
          ...(sidecar === null ? [] : [{ name: 'Sidecar', value: sidecar }]),
          { name: 'Evaluation', value: evaluation_id },
          {
            name: 'Vouched for',
            value: verified ? 'By the sidecar that refused' : 'No: only the browser said where it came from',
          },
        ]}
      />
    </Section>
  );
}
