import { useQuery } from '@tanstack/react-query';
import { requestCountQuery } from '../api/review-queue.ts';

/** How many requests wait for this reviewer; null for none. Live hints say when to count again. */
export function usePendingCount(mayReview: boolean): string | null {
  const { data } = useQuery({
    ...requestCountQuery({ awaiting: 'me', status: 'pending' }),
    enabled: mayReview,
    refetchInterval: 30_000,
  });
  return data === undefined || data.count === 0 ? null : data.count.toLocaleString();
}
