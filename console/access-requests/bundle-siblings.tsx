import { Paper } from '@mantine/core';
import type { AccessRequest } from '../api/access-request.ts';
import { EntitlementLabel } from '../elements/entitlement-label.tsx';
import { entitlementTitle } from '../elements/entitlement-words.ts';
import { RequestStatusBadge } from '../elements/request-status-badge.tsx';
import { RowLinks } from '../elements/row-links.tsx';
import { Section } from '../elements/section.tsx';

/** What was asked for in the same breath, and how each of them stands. */
export function BundleSiblings({ request }: { readonly request: AccessRequest }) {
  if (request.bundle.length < 2) return null;
  return (
    <Section title="Asked for together">
      <Paper>
        <RowLinks
          rows={request.bundle.map((entry) => ({
            key: entry.id,
            to: entry.id === request.id ? null : `/access-requests/${entry.id}`,
            label: entitlementTitle(entry),
            content: <EntitlementLabel entitlement={entry} />,
            aside: <RequestStatusBadge status={entry.status} />,
          }))}
        />
      </Paper>
    </Section>
  );
}
