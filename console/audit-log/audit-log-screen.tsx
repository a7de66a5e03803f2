import { Alert, Button, Group, NativeSelect } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useSearchParams } from 'react-router';
import { auditEventsQuery, type AuditFilter } from '../api/audit-event.ts';
import { useAllPages } from '../api/use-all-pages.ts';
import { useFallbackPoll } from '../api/live-state.ts';
import { BlankState } from '../elements/blank-state.tsx';
import { LoadMore } from '../elements/load-more.tsx';
import { LoadingState } from '../elements/loading-state.tsx';
import { Page } from '../elements/page.tsx';
import { ProblemState } from '../elements/problem-state.tsx';
import { TextLink } from '../elements/text-link.tsx';
import { useMe } from '../shell/me-context.ts';
import { NoPermission } from '../shell/no-permission.tsx';
import { AUDIT_EVENT_TYPES } from './audit-event-types.ts';
import { AuditTable } from './audit-table.tsx';

/** Who did what, when and why: all of it newest first, or one request's story from its beginning. */
export function AuditLogScreen() {
  const me = useMe();
  return (
    <Page title="Audit Log" intro="Every request, decision, change and end of access. Entries are only ever added.">
      {me.can.read_audit ? <AuditLog /> : <NoPermission what="the Audit Log" />}
    </Page>
  );
}

function AuditLog() {
  const [query, setQuery] = useSearchParams();
  const type = query.get('type') ?? '';
  const requestId = query.get('request_id') ?? '';
  const subject = query.get('subject') ?? '';
  const filter: AuditFilter = {
    ...(type !== '' && { type }),
    ...(requestId !== '' && { request_id: requestId }),
    ...(subject !== '' && { subject }),
  };
  const events = useInfiniteQuery({ ...auditEventsQuery(filter), refetchInterval: useFallbackPoll(15_000) });
  const newestFirst = (events.data?.pages ?? []).flatMap((page) => page.items);
  const asStory = requestId !== '';
  // A story is read from its beginning, which is on the last page.
  useAllPages(asStory, events);
  const set = (name: string, value: string) => {
    const next = new URLSearchParams(query);
    if (value === '') next.delete(name);
    else next.set(name, value);
    setQuery(next, { replace: true });
  };
  return (
    <>
      <Group align="flex-end">
        <NativeSelect
          label="What happened"
          w="16rem"
          data={[{ value: '', label: 'Everything' }, ...AUDIT_EVENT_TYPES]}
          value={type}
          onChange={(event) => set('type', event.currentTarget.value)}
        />
        {subject !== '' && (
          <Button variant="default" onClick={() => set('subject', '')}>
            Show all people
          </Button>
        )}
      </Group>
      {asStory && (
        <Alert color="pine" title="The story of one request, oldest first">
          <TextLink to={`/access-requests/${requestId}`}>Open the request</TextLink> or{' '}
          <TextLink to="/settings/audit-log">show the whole Audit Log</TextLink>.
        </Alert>
      )}
      {events.isPending && <LoadingState what="the Audit Log" rows={5} />}
      {events.isError && newestFirst.length === 0 && (
        <ProblemState error={events.error} onRetry={() => void events.refetch()} />
      )}
      {events.isSuccess && newestFirst.length === 0 && (
        <BlankState icon={IconHistory} title="No entries">
          Nothing of this kind has happened yet.
        </BlankState>
      )}
      {newestFirst.length > 0 && <AuditTable events={asStory ? newestFirst.toReversed() : newestFirst} />}
      {!asStory && <LoadMore {...events} />}
    </>
  );
}
