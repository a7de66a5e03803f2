import { NativeSelect } from '@mantine/core';
import { IconSend } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useSearchParams } from 'react-router';
import { accessRequestsQuery } from '../api/access-request.ts';
import { useFallbackPoll } from '../api/live-state.ts';
import { BlankState } from '../elements/blank-state.tsx';
import { ButtonLink } from '../elements/button-link.tsx';
import { LoadMore } from '../elements/load-more.tsx';
import { LoadingState } from '../elements/loading-state.tsx';
import { Page } from '../elements/page.tsx';
import { Section } from '../elements/section.tsx';
import { ProblemState } from '../elements/problem-state.tsx';
import { OwnRequestsTable } from './own-requests-table.tsx';
import { REQUEST_STATUS_CHOICES } from './request-status-choices.ts';
import { WaitingForReview } from '../review/waiting-for-review.tsx';
import { useMe } from '../shell/me-context.ts';

/** One's own requests, newest first. */
export function AccessRequestsScreen() {
  const me = useMe();
  const [query, setQuery] = useSearchParams();
  const status = REQUEST_STATUS_CHOICES.find(({ value }) => value === query.get('status'))?.value ?? '';
  const requests = useInfiniteQuery({
    ...accessRequestsQuery({ requester: 'me', ...(status !== '' && { status }) }),
    refetchInterval: useFallbackPoll(15_000),
  });
  const items = (requests.data?.pages ?? []).flatMap((page) => page.items);
  return (
    <Page
      title="Access Requests"
      intro="What you have asked for, and what became of it."
      actions={<ButtonLink to="/access-requests/new">New Request</ButtonLink>}
    >
      {me.can.review && <WaitingForReview />}
      <Section title="Your requests">
        <NativeSelect
          label="Status"
          w="14rem"
          data={[...REQUEST_STATUS_CHOICES]}
          value={status}
          onChange={(event) =>
            setQuery(event.currentTarget.value === '' ? {} : { status: event.currentTarget.value }, { replace: true })
          }
        />
        {requests.isPending && <LoadingState what="your requests" />}
        {requests.isError && <ProblemState error={requests.error} onRetry={() => void requests.refetch()} />}
        {requests.isSuccess && items.length === 0 && (
          <BlankState
            icon={IconSend}
            title={status === '' ? 'You have not asked for anything yet' : 'None with this status'}
            action={status === '' ? <ButtonLink to="/access-requests/new">New Request</ButtonLink> : undefined}
          >
            When something is refused, its page has a Request Access button. You can also ask beforehand.
          </BlankState>
        )}
        {items.length > 0 && <OwnRequestsTable requests={items} />}
        <LoadMore {...requests} />
      </Section>
    </Page>
  );
}
