import { Tabs } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { requestCountQuery } from '../api/review-queue.ts';
import { Page } from '../elements/page.tsx';
import { useMe } from '../shell/me-context.ts';
import { NoPermission } from '../shell/no-permission.tsx';
import { QueueFilters } from './queue-filters.tsx';
import { QueuePage } from './queue-page.tsx';
import { withoutFilters, type QueueTab } from './queue-view.ts';
import { useQueueView } from './use-queue-view.ts';

/** What waits for a decision, what was taken without one, and what was decided. */
export function ReviewScreen() {
  const me = useMe();
  return (
    <Page title="Review" intro="Requests that wait for Admins and the Owner, and what became of them.">
      {me.can.review ? <Review /> : <NoPermission what="the review of requests" />}
    </Page>
  );
}

function Review() {
  const { view, change, turnTo } = useQueueView();
  return (
    <Tabs
      value={view.tab}
      keepMounted={false}
      onChange={(tab) => change({ ...withoutFilters(view), sort: 'newest', tab: (tab ?? 'pending') as QueueTab })}
    >
      <Tabs.List mb="md">
        <Tabs.Tab value="pending">
          Pending
          <Count of={{ status: 'pending' }} />
        </Tabs.Tab>
        <Tabs.Tab value="break-glass">
          Break-glass
          <Count of={{ break_glass: 'open' }} />
        </Tabs.Tab>
        <Tabs.Tab value="decided">Decided</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value={view.tab}>
        <QueueFilters view={view} onChange={change} />
        <QueuePage view={view} change={change} turnTo={turnTo} />
      </Tabs.Panel>
    </Tabs>
  );
}

function Count({ of: filter }: { readonly of: { readonly status?: string; readonly break_glass?: 'open' } }) {
  const { data } = useQuery({ ...requestCountQuery(filter), refetchInterval: 30_000 });
  return data === undefined || data.count === 0 ? null : ` (${data.count.toLocaleString()})`;
}
