import type { Grant } from '../api/grant.ts';
import { DataTable, type Column } from '../elements/data-table.tsx';
import { EntitlementLabel } from '../elements/entitlement-label.tsx';
import { GrantStateBadge } from '../elements/grant-state-badge.tsx';
import { TimeStamp } from '../elements/time-stamp.tsx';

const COLUMNS: readonly Column<Grant>[] = [
  { title: 'Access', cell: (grant) => <EntitlementLabel entitlement={grant} /> },
  { title: 'Began', cell: (grant) => <TimeStamp time={grant.starts_at} /> },
  { title: 'Ended', cell: (grant) => <TimeStamp time={grant.ended_at ?? grant.expires_at ?? grant.starts_at} /> },
  {
    title: 'How',
    cell: (grant) => (
      <>
        <GrantStateBadge state={grant.state === 'active' || grant.state === 'scheduled' ? 'expired' : grant.state} />
        {grant.state === 'revoked' && grant.ended_by !== null && (
          <div>by {grant.ended_by.name || grant.ended_by.email}</div>
        )}
        {grant.end_note !== null && <div>{grant.end_note}</div>}
      </>
    ),
  },
];

export function EndedGrantsTable({ grants }: { readonly grants: readonly Grant[] }) {
  return (
    <DataTable
      caption="Grants that are over, newest first"
      columns={COLUMNS}
      rows={grants}
      rowKey={(grant) => grant.id}
    />
  );
}
