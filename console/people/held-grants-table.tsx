import type { Grant } from '../api/grant.ts';
import { Countdown } from '../elements/countdown.tsx';
import { DataTable, type Column } from '../elements/data-table.tsx';
import { EntitlementLabel } from '../elements/entitlement-label.tsx';
import { GrantStateBadge } from '../elements/grant-state-badge.tsx';
import { TextLink } from '../elements/text-link.tsx';
import { TimeStamp } from '../elements/time-stamp.tsx';
import { RevokeButton } from './revoke-button.tsx';

const ORIGINS: Record<Grant['origin'], string> = {
  assignment: 'Assigned by an Admin',
  automatic: 'Approved automatically',
  'break-glass': 'Taken in an emergency (break-glass)',
  request: 'Approved on request',
};

const COLUMNS: readonly Column<Grant>[] = [
  { title: 'Access', cell: (grant) => <EntitlementLabel entitlement={grant} /> },
  {
    title: 'Given',
    cell: (grant) => (
      <>
        <div>{ORIGINS[grant.origin]}</div>
        <TimeStamp time={grant.created_at} />
        {grant.request_id !== null && (
          <div>
            <TextLink to={`/review/${grant.request_id}`}>See the request</TextLink>
          </div>
        )}
      </>
    ),
  },
  {
    title: 'Ends',
    cell: (grant) =>
      grant.state === 'scheduled' ? (
        <>
          <GrantStateBadge state="scheduled" />
          <div>
            from <TimeStamp time={grant.starts_at} />
            {grant.expires_at !== null && (
              <>
                {' '}
                until <TimeStamp time={grant.expires_at} />
              </>
            )}
          </div>
        </>
      ) : grant.expires_at === null ? (
        'Permanent'
      ) : (
        <>
          <Countdown grant={grant} />
          <div>
            until <TimeStamp time={grant.expires_at} precision="second" />
          </div>
        </>
      ),
  },
  { title: 'Revoke', titleHidden: true, cell: (grant) => <RevokeButton grant={grant} /> },
];

export function HeldGrantsTable({ grants }: { readonly grants: readonly Grant[] }) {
  return <DataTable caption="Active access" columns={COLUMNS} rows={grants} rowKey={(grant) => grant.id} />;
}
