import { Badge } from '@mantine/core';
import type { AccessRequest } from '../api/access-request.ts';
import { ButtonLink } from '../elements/button-link.tsx';
import { DataTable, type Column } from '../elements/data-table.tsx';
import { EntitlementLabel } from '../elements/entitlement-label.tsx';
import { PersonName } from '../elements/person-name.tsx';
import { RequestStatusBadge } from '../elements/request-status-badge.tsx';
import { RelativeTimeStamp } from '../elements/time-stamp.tsx';
import { formatDuration } from '../time/format-duration.ts';
import { useMe } from '../shell/me-context.ts';
import classes from './review-table.module.css';

const FACTS: readonly Column<AccessRequest>[] = [
  { title: 'Requester', cell: (request) => <PersonName person={request.requester} /> },
  { title: 'Resource', cell: (request) => <EntitlementLabel entitlement={request} /> },
  { title: 'Reason', cell: (request) => <span className={classes.reason}>{request.reason}</span> },
  { title: 'Requested duration', cell: (request) => formatDuration(request.duration_seconds) },
  { title: 'Submitted', cell: (request) => <RelativeTimeStamp time={request.submitted_at} /> },
];

const OPEN: Column<AccessRequest> = {
  title: 'Open',
  titleHidden: true,
  cell: (request) => <OpenRequest request={request} />,
};

const PENDING: readonly Column<AccessRequest>[] = [...FACTS, OPEN];

const DECIDED: readonly Column<AccessRequest>[] = [
  ...FACTS,
  { title: 'Status', cell: (request) => <RequestStatusBadge status={request.status} /> },
  OPEN,
];

interface ReviewTableProps {
  readonly caption: string;
  readonly requests: readonly AccessRequest[];
  readonly decided: boolean;
}

/** Requester, Resource, Reason, Requested duration, Submitted, and the way to the request itself. */
export function ReviewTable({ caption, requests, decided }: ReviewTableProps) {
  return (
    <DataTable
      caption={caption}
      columns={decided ? DECIDED : PENDING}
      rows={requests}
      rowKey={(request) => request.id}
    />
  );
}

function OpenRequest({ request }: { readonly request: AccessRequest }) {
  const mine = useMe().id === request.requester.id;
  return (
    <div className={classes.open}>
      <ButtonLink to={`/review/${request.id}`} variant={request.can_review ? 'filled' : 'default'} size="sm">
        {request.can_review ? 'Review' : 'Open'}
        <span className={classes.hidden}> the request of {request.requester.name || request.requester.email}</span>
      </ButtonLink>
      {mine && <Badge color="gray">Your own</Badge>}
    </div>
  );
}
