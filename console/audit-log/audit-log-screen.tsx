import { Button } from '@mantine/core';
import { IconDownload, IconHistory, IconShieldCheck } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { auditEventsQuery, type AuditFilter } from '../api/audit-event.ts';
import { BlankState } from '../elements/blank-state.tsx';
import { LoadMore } from '../elements/load-more.tsx';
import { LoadingState } from '../elements/loading-state.tsx';
import { Page } from '../elements/page.tsx';
import { ProblemState } from '../elements/problem-state.tsx';
import { useMe } from '../shell/me-context.ts';
import { NoPermission } from '../shell/no-permission.tsx';
import { AuditFilters } from './audit-filters.tsx';
import { AuditStory } from './audit-story.tsx';
import { AuditTable } from './audit-table.tsx';
import { auditParameters, storyOf } from './audit-view.ts';
import { ExportDialog } from './export-dialog.tsx';
import { useAuditFilter } from './use-audit-filter.ts';
import { VerifyDialog } from './verify-dialog.tsx';

/** Who did what, when and why: newest first, narrowed by what the address says, or one request's story. */
export function AuditLogScreen() {
  const me = useMe();
  const { filter } = useAuditFilter();
  const [opened, setOpened] = useState<'export' | 'verify' | null>(null);
  const mayRead = me.can.read_audit;
  return (
    <Page
      title="Audit Log"
      intro="Every request, decision, change and end of access. Entries are only ever added."
      actions={
        mayRead && (
          <>
            <Button
              variant="default"
              leftSection={<IconShieldCheck size={18} stroke={1.7} aria-hidden="true" />}
              onClick={() => setOpened('verify')}
            >
              Verify
            </Button>
            <Button
              variant="default"
              leftSection={<IconDownload size={18} stroke={1.7} aria-hidden="true" />}
              onClick={() => setOpened('export')}
            >
              Export
            </Button>
          </>
        )
      }
    >
      {mayRead ? <AuditLog /> : <NoPermission what="the Audit Log" />}
      {mayRead && <VerifyDialog opened={opened === 'verify'} onClose={() => setOpened(null)} />}
      {mayRead && <ExportDialog filter={filter} opened={opened === 'export'} onClose={() => setOpened(null)} />}
    </Page>
  );
}

function AuditLog() {
  const { filter, change, clear } = useAuditFilter();
  const story = storyOf(filter);
  if (story !== null) return <AuditStory requestId={story} />;
  return (
    <>
      <AuditFilters filter={filter} onChange={change} onClear={clear} />
      <Entries filter={filter} onClear={clear} />
    </>
  );
}

function Entries({ filter, onClear }: { readonly filter: AuditFilter; readonly onClear: () => void }) {
  const events = useInfiniteQuery({
    ...auditEventsQuery(filter),
    placeholderData: keepPreviousData,
    // Whoever reads on has no use for news at the top, and every page would be asked for again.
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) > 1 ? false : 15_000),
    retry: (count, error) => count < 2 && !isRefusal(error),
  });
  const rows = (events.data?.pages ?? []).flatMap((page) => page.items);
  const isFiltered = auditParameters(filter).size > 0;
  if (events.isPending) return <LoadingState what="the Audit Log" rows={5} />;
  if (events.isError && (rows.length === 0 || isRefusal(events.error))) {
    return <ProblemState error={events.error} onRetry={() => void events.refetch()} />;
  }
  if (rows.length === 0) {
    return (
      <BlankState
        icon={IconHistory}
        title={isFiltered ? 'No entry is like that' : 'No entries'}
        action={
          isFiltered && (
            <Button variant="default" onClick={onClear}>
              Clear filters
            </Button>
          )
        }
      >
        {isFiltered ? 'Nothing in the log has all of that. Take a filter away.' : 'Nothing has happened yet.'}
      </BlankState>
    );
  }
  return (
    <>
      <AuditTable caption="Audit log, newest first" events={rows} />
      <LoadMore {...events} />
    </>
  );
}

function isRefusal(error: unknown): boolean {
  const { status } = error as { status?: unknown };
  return typeof status === 'number' && status >= 400 && status < 500;
}
