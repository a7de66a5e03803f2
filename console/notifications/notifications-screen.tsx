import { Button, Tabs } from '@mantine/core';
import { IconBell, IconSettings } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'react-router';
import { notificationCountQuery, notificationsQuery, type NotificationFilter } from '../api/notification.ts';
import { useFallbackPoll } from '../api/live-state.ts';
import { BlankState } from '../elements/blank-state.tsx';
import { ButtonLink } from '../elements/button-link.tsx';
import { LoadMore } from '../elements/load-more.tsx';
import { LoadingState } from '../elements/loading-state.tsx';
import { Page } from '../elements/page.tsx';
import { ProblemAlert } from '../elements/problem-alert.tsx';
import { ProblemState } from '../elements/problem-state.tsx';
import { NotificationList } from './notification-list.tsx';
import { unreadCount } from './unread-count.ts';
import { useMarkAllRead } from './use-mark-read.ts';

/** What Hallpass told this person: what is unread first, and everything beside it. */
export function NotificationsScreen() {
  const [query, setQuery] = useSearchParams();
  const filter: NotificationFilter = query.get('show') === 'all' ? 'all' : 'unread';
  const count = unreadCount(useQuery(notificationCountQuery()).data?.count);
  const markAll = useMarkAllRead();
  return (
    <Page
      title="Notifications"
      intro="Requests, decisions and ends of access that concern you."
      actions={
        <>
          {count !== null && (
            <Button variant="default" loading={markAll.isPending} onClick={() => markAll.mutate()}>
              Mark all as read
            </Button>
          )}
          <ButtonLink
            to="/settings/notification-preferences"
            variant="default"
            leftSection={<IconSettings size={18} stroke={1.7} aria-hidden="true" />}
          >
            Preferences
          </ButtonLink>
        </>
      }
    >
      <ProblemAlert error={markAll.error} />
      <Tabs
        value={filter}
        keepMounted={false}
        onChange={(value) => setQuery(value === 'all' ? { show: 'all' } : {}, { replace: true })}
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="unread">{count === null ? 'Unread' : `Unread (${count})`}</Tabs.Tab>
          <Tabs.Tab value="all">All</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="unread">
          <Notifications filter="unread" />
        </Tabs.Panel>
        <Tabs.Panel value="all">
          <Notifications filter="all" />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

function Notifications({ filter }: { readonly filter: NotificationFilter }) {
  const notifications = useInfiniteQuery({ ...notificationsQuery(filter), refetchInterval: useFallbackPoll(15_000) });
  const items = (notifications.data?.pages ?? []).flatMap((page) => page.items);
  if (notifications.isPending) return <LoadingState what="notifications" rows={4} />;
  if (notifications.isError && items.length === 0) {
    return <ProblemState error={notifications.error} onRetry={() => void notifications.refetch()} />;
  }
  if (items.length === 0) {
    return (
      <BlankState icon={IconBell} title={filter === 'unread' ? 'Nothing unread' : 'No notifications yet'}>
        {filter === 'unread'
          ? 'What you have read is under All.'
          : 'You are told here when a request is decided, when access is about to end, and when it is over.'}
      </BlankState>
    );
  }
  return (
    <>
      <NotificationList notifications={items} />
      <LoadMore {...notifications} />
    </>
  );
}
