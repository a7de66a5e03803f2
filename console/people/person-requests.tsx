import { Paper, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { KnownPerson } from '../api/people.ts';
import { queuePageQuery } from '../api/review-queue.ts';
import { entitlementTitle } from '../elements/entitlement-words.ts';
import { LoadingState } from '../elements/loading-state.tsx';
import { ProblemState } from '../elements/problem-state.tsx';
import { RequestStatusBadge } from '../elements/request-status-badge.tsx';
import { RowLinks } from '../elements/row-links.tsx';
import { RelativeTimeStamp } from '../elements/time-stamp.tsx';

/** So many of the newest; all of them stand in Review. */
const SHOWN = 5;

/** What somebody asked for of late, and what became of it. */
export function PersonRequests({ person }: { readonly person: KnownPerson }) {
  const requests = useQuery({
    ...queuePageQuery({ requester: person.id, sort: 'submitted', order: 'desc' }, null),
    refetchInterval: 30_000,
  });
  if (requests.isPending) return <LoadingState what="requests" rows={2} />;
  if (requests.isError) return <ProblemState error={requests.error} onRetry={() => void requests.refetch()} />;
  if (requests.data.items.length === 0) return <Text>They have not asked for anything yet.</Text>;
  return (
    <Paper py="xs">
      <RowLinks
        rows={requests.data.items.slice(0, SHOWN).map((request) => ({
          key: request.id,
          to: `/review/${request.id}`,
          label: `the request for ${entitlementTitle(request)}`,
          content: (
            <>
              <div>{entitlementTitle(request)}</div>
              <Text c="dimmed" size="sm">
                <RelativeTimeStamp time={request.submitted_at} />
              </Text>
            </>
          ),
          aside: <RequestStatusBadge status={request.status} />,
        }))}
      />
    </Paper>
  );
}
