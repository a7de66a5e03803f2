import { useInfiniteQuery } from '@tanstack/react-query';
import { accessRequestsQuery } from '../api/access-request.ts';
import { useFallbackPoll } from '../api/live-state.ts';

/** How many requests wait for this reviewer: `3`, or `25+` where there are more pages; null for none. */
export function usePendingCount(mayReview: boolean): string | null {
  const { data } = useInfiniteQuery({
    ...accessRequestsQuery({ status: 'pending' }),
    enabled: mayReview,
    refetchInterval: useFallbackPoll(15_000),
  });
  const waiting = (data?.pages ?? []).flatMap((page) => page.items).filter((request) => request.can_review).length;
  if (waiting === 0) return null;
  return data?.pages.at(-1)?.next_cursor == null ? String(waiting) : `${waiting}+`;
}
