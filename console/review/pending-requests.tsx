import { Stack } from '@mantine/core';
import { IconChecks } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { accessRequestsQuery } from '../api/access-request.ts';
import { BlankState } from '../elements/blank-state.tsx';
import { LoadMore } from '../elements/load-more.tsx';
import { LoadingState } from '../elements/loading-state.tsx';
import { ProblemState } from '../elements/problem-state.tsx';
import { ReviewTable } from './review-table.tsx';

export function PendingRequests() {
  const requests = useInfiniteQuery({ ...accessRequestsQuery({ status: 'pending' }), refetchInterval: 5_000 });
  const items = (requests.data?.pages ?? []).flatMap((page) => page.items);
  if (requests.isPending) return <LoadingState what="pending requests" />;
  if (requests.isError && items.length === 0) {
    return <ProblemState error={requests.error} onRetry={() => void requests.refetch()} />;
  }
  if (items.length === 0) {
    return (
      <BlankState icon={IconChecks} title="Nothing waits">
        New requests appear here by themselves.
      </BlankState>
    );
  }
  return (
    <Stack>
      <ReviewTable caption="Pending access requests, newest first" requests={items} decided={false} />
      <LoadMore {...requests} />
    </Stack>
  );
}
