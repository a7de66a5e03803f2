import { NativeSelect, Stack } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { accessRequestsQuery } from '../api/access-request.ts';
import { BlankState } from '../elements/blank-state.tsx';
import { LoadMore } from '../elements/load-more.tsx';
import { LoadingState } from '../elements/loading-state.tsx';
import { ProblemState } from '../elements/problem-state.tsx';
import { ReviewTable } from './review-table.tsx';

const OUTCOMES = [
  { value: 'approved', label: 'Approved' },
  { value: 'denied', label: 'Denied' },
  { value: 'cancelled', label: 'Cancelled' },
  { value: 'expired', label: 'Timed out' },
];

export function DecidedRequests() {
  const [status, setStatus] = useState('approved');
  const requests = useInfiniteQuery(accessRequestsQuery({ status }));
  const items = (requests.data?.pages ?? []).flatMap((page) => page.items);
  return (
    <Stack>
      <NativeSelect
        label="Outcome"
        w="14rem"
        data={OUTCOMES}
        value={status}
        onChange={(event) => setStatus(event.currentTarget.value)}
      />
      {requests.isPending && <LoadingState what="decided requests" />}
      {requests.isError && <ProblemState error={requests.error} onRetry={() => void requests.refetch()} />}
      {requests.isSuccess && items.length === 0 && <BlankState icon={IconHistory} title="None yet" />}
      {items.length > 0 && <ReviewTable caption="Decided access requests, newest first" requests={items} decided />}
      <LoadMore {...requests} />
    </Stack>
  );
}
