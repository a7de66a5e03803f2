import { Alert } from '@mantine/core';
import { IconUrgent } from '@tabler/icons-react';
import type { AccessRequest } from '../api/access-request.ts';
import { TimeStamp } from '../elements/time-stamp.tsx';

/** Whether emergency access has been reviewed yet, and what came of it. */
export function BreakGlassState({ request, mine }: { readonly request: AccessRequest; readonly mine: boolean }) {
  const review = request.break_glass;
  if (review === null) return null;
  if (review.closed_at === null) {
    return (
      <Alert color="brick" title="Emergency access, not reviewed yet" icon={<IconUrgent aria-hidden="true" />}>
        All reviewers were told. Somebody reviews it afterwards
        {mine ? '; until then you can’t take emergency access again.' : '.'}
      </Alert>
    );
  }
  const who = review.closed_by === null ? 'Hallpass' : review.closed_by.name || review.closed_by.email;
  return (
    <Alert
      color={review.justified === true ? 'pine' : 'brick'}
      title={
        review.justified === true
          ? 'Emergency access, reviewed: justified'
          : 'Emergency access, reviewed: not justified'
      }
      icon={<IconUrgent aria-hidden="true" />}
    >
      By {who}, <TimeStamp time={review.closed_at} />.{review.note !== null && <div>{review.note}</div>}
    </Alert>
  );
}
