import { Button, Stack, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconChecks, IconHistory, IconShieldBolt, IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { queuePageQuery, requestCountQuery } from '../api/review-queue.ts';
import { BlankState } from '../elements/blank-state.tsx';
import { LoadingState } from '../elements/loading-state.tsx';
import { ProblemState } from '../elements/problem-state.tsx';
import { BulkBar } from './bulk-bar.tsx';
import { FreshBar } from './fresh-bar.tsx';
import classes from './queue-page.module.css';
import { QueuePager } from './queue-pager.tsx';
import { QueueTable } from './queue-table.tsx';
import { filterCount, queueFilter, withoutFilters, type QueueTab, type QueueView } from './queue-view.ts';
import type { useQueueView } from './use-queue-view.ts';
import { useSteadyPage } from './use-steady-page.ts';

type QueuePageProps = ReturnType<typeof useQueueView>;

/** One page of the queue. It is read again and again, and never jumps under the finger. */
export function QueuePage({ view, change, turnTo }: QueuePageProps) {
  const [q] = useDebouncedValue(view.q, 250);
  const filter = queueFilter({ ...view, q });
  const key = JSON.stringify([filter, view.cursor]);
  const page = useQuery({ ...queuePageQuery(filter, view.cursor || null), refetchInterval: 30_000 });
  const { sort: _sort, order: _order, ...counted } = filter;
  const total = useQuery({ ...requestCountQuery(counted), refetchInterval: 30_000 });
  const steady = useSteadyPage(key, page.data);
  const [chosen, setChosen] = useState<{ readonly key: string; readonly ids: ReadonlySet<string> }>({
    key,
    ids: new Set(),
  });
  if (steady === null) {
    if (page.isError) return <ProblemState error={page.error} onRetry={() => void page.refetch()} />;
    return (
      <div className={classes.list}>
        <LoadingState what="requests" rows={4} />
      </div>
    );
  }
  const decidable = steady.rows.flatMap(({ row, gone }) => (row.can_review && !gone ? [row] : []));
  const picked = decidable.filter(({ id }) => chosen.key === key && chosen.ids.has(id));
  const choose = (ids: Iterable<string>) => setChosen({ key, ids: new Set(ids) });
  if (steady.rows.length === 0) {
    return (
      <div className={classes.list}>
        <NothingHere view={view} onClear={() => change(withoutFilters(view))} />
      </div>
    );
  }
  return (
    <Stack className={classes.list}>
      <FreshBar count={steady.fresh} onShow={steady.showLatest} />
      {page.isError && (
        <Text role="alert" c="var(--mantine-color-error)">
          The server can’t be reached at the moment. This list may be out of date; it keeps trying.
        </Text>
      )}
      <div className={classes.head}>
        <Text c="dimmed" size="sm" aria-live="polite">
          {countWords(total.data?.count, steady.rows.length)}
        </Text>
        {decidable.length > 1 && view.tab === 'pending' && (
          <Button
            variant="subtle"
            size="compact-md"
            onClick={() => choose(picked.length === decidable.length ? [] : decidable.map(({ id }) => id))}
          >
            {picked.length === decidable.length ? 'Select none' : `Select all ${decidable.length} I can decide`}
          </Button>
        )}
      </div>
      <QueueTable tab={view.tab} rows={steady.rows} chosen={new Set(picked.map(({ id }) => id))} onChoose={choose} />
      <QueuePager nextCursor={page.data?.next_cursor ?? null} cursor={view.cursor} turnTo={turnTo} />
      <BulkBar
        requests={picked}
        onClear={() => choose([])}
        onDone={() => {
          choose([]);
          void page.refetch().then(steady.follow);
        }}
      />
    </Stack>
  );
}

function countWords(total: number | undefined, shown: number): string {
  if (total === undefined) return '';
  if (total <= shown) return total === 1 ? '1 request' : `${total} requests`;
  return `${shown} of ${total.toLocaleString()} requests`;
}

const NOTHING: Record<QueueTab, { readonly icon: typeof IconChecks; readonly title: string; readonly words: string }> =
  {
    pending: { icon: IconChecks, title: 'Nothing waits', words: 'New requests appear here by themselves.' },
    'break-glass': {
      icon: IconShieldBolt,
      title: 'No break-glass access to review',
      words: 'Whoever takes access in an emergency is reviewed here afterwards.',
    },
    decided: {
      icon: IconHistory,
      title: 'None yet',
      words: 'Every decided request stays here for good.',
    },
  };

function NothingHere({ view, onClear }: { readonly view: QueueView; readonly onClear: () => void }) {
  const { icon, title, words } = NOTHING[view.tab];
  if (filterCount(view) === 0 && view.q === '') {
    return (
      <BlankState icon={icon} title={title}>
        {words}
      </BlankState>
    );
  }
  return (
    <BlankState
      icon={IconSearch}
      title="No request fits"
      action={
        <Button variant="default" onClick={onClear}>
          Clear search and filters
        </Button>
      }
    >
      None of the requests here is what you are looking for.
    </BlankState>
  );
}
