import { useQuery } from '@tanstack/react-query';
import { queuePageQuery } from '../api/review-queue.ts';
import { Section } from '../elements/section.tsx';
import { TextLink } from '../elements/text-link.tsx';
import { queueFilter, readQueueView } from './queue-view.ts';
import { ReviewTable } from './review-table.tsx';

const PENDING = queueFilter(readQueueView(new URLSearchParams()));

/** For reviewers, above their own requests: what others wait for. Nothing when nobody waits. */
export function WaitingForReview() {
  const { data } = useQuery({ ...queuePageQuery(PENDING, null), refetchInterval: 30_000 });
  const items = data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <Section title="Waiting for review" aside={<TextLink to="/review">All of Review</TextLink>}>
      <ReviewTable caption="Pending access requests, newest first" requests={items} />
    </Section>
  );
}
