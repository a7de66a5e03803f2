import { Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { accessRequestsQuery } from '../api/access-request.ts';
import { useFallbackPoll } from '../api/live-state.ts';
import { EntitlementLabel } from '../elements/entitlement-label.tsx';
import { LoadingState } from '../elements/loading-state.tsx';
import { ProblemState } from '../elements/problem-state.tsx';
import { RequestStatusBadge } from '../elements/request-status-badge.tsx';
import { Section } from '../elements/section.tsx';
import { TextLink } from '../elements/text-link.tsx';
import { RelativeTimeStamp } from '../elements/time-stamp.tsx';
import classes from './recent-requests.module.css';

const SHOWN = 5;

export function RecentRequests() {
  const requests = useInfiniteQuery({
    ...accessRequestsQuery({ requester: 'me' }),
    refetchInterval: useFallbackPoll(15_000),
  });
  const items = (requests.data?.pages[0]?.items ?? []).slice(0, SHOWN);
  return (
    <Section title="Recent requests" aside={<TextLink to="/access-requests">All Access Requests</TextLink>}>
      {requests.isPending && <LoadingState what="your requests" rows={2} />}
      {requests.isError && items.length === 0 && (
        <ProblemState error={requests.error} onRetry={() => void requests.refetch()} />
      )}
      {requests.isSuccess && items.length === 0 && <Text c="dimmed">You have not asked for anything yet.</Text>}
      <ul className={classes.list}>
        {items.map((request) => (
          <li key={request.id}>
            <Link to={`/access-requests/${request.id}`} className={classes.request}>
              <EntitlementLabel entitlement={request} />
              <span className={classes.standing}>
                <span className={classes.when}>
                  <RelativeTimeStamp time={request.submitted_at} />
                </span>
                <RequestStatusBadge status={request.status} />
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  );
}
