import { Tabs } from '@mantine/core';
import { useSearchParams } from 'react-router';
import { Page } from '../elements/page.tsx';
import { useMe } from '../shell/me-context.ts';
import { NoPermission } from '../shell/no-permission.tsx';
import { DecidedRequests } from './decided-requests.tsx';
import { PendingRequests } from './pending-requests.tsx';

/** What waits for a decision, and what was decided. */
export function ReviewScreen() {
  const me = useMe();
  const [query, setQuery] = useSearchParams();
  const tab = query.get('tab') === 'decided' ? 'decided' : 'pending';
  if (!me.can.review) {
    return (
      <Page title="Review">
        <NoPermission what="the review of requests" />
      </Page>
    );
  }
  return (
    <Page title="Review" intro="Requests that wait for Admins and the Owner.">
      <Tabs
        value={tab}
        keepMounted={false}
        onChange={(value) => setQuery(value === 'decided' ? { tab: 'decided' } : {}, { replace: true })}
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="pending">Pending</Tabs.Tab>
          <Tabs.Tab value="decided">Decided</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="pending">
          <PendingRequests />
        </Tabs.Panel>
        <Tabs.Panel value="decided">
          <DecidedRequests />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
