import type { AccessRequest } from '../api/access-request.ts';
import { DataTable, type Column } from '../elements/data-table.tsx';
import { EntitlementLabel } from '../elements/entitlement-label.tsx';
import { entitlementTitle } from '../elements/entitlement-words.ts';
import { RequestStatusBadge } from '../elements/request-status-badge.tsx';
import { OpenLink } from '../elements/open-link.tsx';
import { RelativeTimeStamp } from '../elements/time-stamp.tsx';
import { AskedTime } from '../review/asked-time.tsx';
import { RequestMarks } from '../review/request-marks.tsx';
import { TimesOut } from '../review/times-out.tsx';
import classes from './own-requests-table.module.css';
import { changeSentences } from './progress-words.ts';

const COLUMNS: readonly Column<AccessRequest>[] = [
  { title: 'Resource', cell: (request) => <EntitlementLabel entitlement={request} /> },
  { title: 'Reason', cell: (request) => <span className={classes.reason}>{request.reason}</span> },
  { title: 'Duration', cell: (request) => <AskedTime {...request} /> },
  { title: 'Submitted', cell: (request) => <RelativeTimeStamp time={request.submitted_at} /> },
  {
    title: 'Status',
    cell: (request) => (
      <>
        <RequestStatusBadge status={request.status} />
        {request.status === 'pending' && <TimesOut at={request.pending_until} />}
        <RequestMarks request={request} mine={false} />
        {changeSentences(request).map((sentence) => (
          <div key={sentence}>{sentence}</div>
        ))}
      </>
    ),
  },
  {
    title: 'Open',
    titleHidden: true,
    cell: (request) => (
      <OpenLink to={`/access-requests/${request.id}`} name={`the request for ${entitlementTitle(request)}`} />
    ),
  },
];

export function OwnRequestsTable({ requests }: { readonly requests: readonly AccessRequest[] }) {
  return (
    <DataTable
      caption="Your access requests, newest first"
      columns={COLUMNS}
      rows={requests}
      rowKey={(request) => request.id}
    />
  );
}
