import { useInfiniteQuery } from '@tanstack/react-query';
import { accessRequestsQuery } from '../api/access-request.ts';
import { Section } from '../elements/section.tsx';
import { TextLink } from '../elements/text-link.tsx';
import { ReviewTable } from './review-table.tsx';

/** For reviewers, above their own requests: what others wait for. Nothing when nobody waits. */
export function WaitingForReview() {
  const { data } = useInfiniteQuery({ ...accessRequestsQuery({ status: 'pending' }), refetchInterval: 15_000 });
  const items = data?.pages[0]?.items ?? [];
  if (items.length === 0) return null;
  return (
    <Section title="Waiting for review" aside={<TextLink to="/review">All of Review</TextLink>}>
      <ReviewTable caption="Pending access requests, newest first" requests={items} decided={false} />
    </Section>
  );
}
