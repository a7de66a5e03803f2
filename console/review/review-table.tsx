import { VisuallyHidden } from '@mantine/core';
import type { AccessRequest } from '../api/access-request.ts';
import { ButtonLink } from '../elements/button-link.tsx';
import { DataTable, type Column } from '../elements/data-table.tsx';
import { EntitlementLabel } from '../elements/entitlement-label.tsx';
import { PersonName } from '../elements/person-name.tsx';
import { RequestStatusBadge } from '../elements/request-status-badge.tsx';
import { RelativeTimeStamp } from '../elements/time-stamp.tsx';
import { useMe } from '../shell/me-context.ts';
import { AskedTime } from './asked-time.tsx';
import { RequestMarks } from './request-marks.tsx';
import classes from './review-table.module.css';
import { TimesOut } from './times-out.tsx';

/** What every request in a list for reviewers says. */
export const REQUEST_FACTS: readonly Column<AccessRequest>[] = [
  {
    title: 'Requester',
    plainOnCard: true,
    cell: (request) => <PersonName person={request.requester} />,
  },
  {
    title: 'Resource',
    plainOnCard: true,
    cell: (request) => (
      <>
        <EntitlementLabel entitlement={request} />
        <MarksOf request={request} />
      </>
    ),
  },
  { title: 'Reason', plainOnCard: true, cell: (request) => <span className={classes.reason}>{request.reason}</span> },
  { title: 'Requested duration', cell: (request) => <AskedTime {...request} /> },
  {
    title: 'Submitted',
    cell: (request) => (
      <>
        <RelativeTimeStamp time={request.submitted_at} />
        {request.status === 'pending' && <TimesOut at={request.pending_until} short />}
      </>
    ),
  },
];

export const REQUEST_STATUS: Column<AccessRequest> = {
  title: 'Status',
  cell: (request) => <RequestStatusBadge status={request.status} />,
};

export const OPEN_REQUEST: Column<AccessRequest> = {
  title: 'Open',
  titleHidden: true,
  cell: (request) => <OpenRequest request={request} />,
};

const COLUMNS = [...REQUEST_FACTS, OPEN_REQUEST];

interface ReviewTableProps {
  readonly caption: string;
  readonly requests: readonly AccessRequest[];
}

/** Requester, Resource, Reason, Requested duration, Submitted, and the way to the request itself. */
export function ReviewTable({ caption, requests }: ReviewTableProps) {
  return <DataTable caption={caption} columns={COLUMNS} rows={requests} rowKey={(request) => request.id} />;
}

function MarksOf({ request }: { readonly request: AccessRequest }) {
  return <RequestMarks request={request} mine={useMe().id === request.requester.id} />;
}

function OpenRequest({ request }: { readonly request: AccessRequest }) {
  const mine = useMe().id === request.requester.id;
  const awaitsReview = request.can_review || (!mine && request.break_glass?.closed_at === null);
  return (
    <ButtonLink
      to={`/review/${request.id}`}
      variant={awaitsReview ? 'light' : 'default'}
      size="sm"
      className={classes.open ?? ''}
    >
      {awaitsReview ? 'Review' : 'Open'}
      <VisuallyHidden> the request of {request.requester.name || request.requester.email}</VisuallyHidden>
    </ButtonLink>
  );
}
