import { Button, Group, Paper, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { AccessRequest, BundleEntry } from '../api/access-request.ts';
import type { Verdict } from '../api/review-queue.ts';
import { EntitlementLabel } from '../elements/entitlement-label.tsx';
import { entitlementTitle } from '../elements/entitlement-words.ts';
import { RequestStatusBadge } from '../elements/request-status-badge.tsx';
import { RowLinks } from '../elements/row-links.tsx';
import { Section } from '../elements/section.tsx';
import { BulkDialog } from './bulk-dialog.tsx';

/** What was asked for in the same breath: each stands for itself, or all that still wait are decided at once. */
export function BundleSection({ request }: { readonly request: AccessRequest }) {
  // Kept as they were when the dialog opened: what is decided is waiting no more.
  const [asking, setAsking] = useState<{ verdict: Verdict; entries: readonly BundleEntry[] } | null>(null);
  const bundle = request.bundle ?? [];
  if (bundle.length < 2) return null;
  const waiting = bundle.filter(({ status }) => status === 'pending');
  return (
    <Section title={`Asked for together (${bundle.length})`}>
      <Paper>
        <Stack>
          <RowLinks
            rows={bundle.map((entry) => ({
              key: entry.id,
              to: entry.id === request.id ? null : `/review/${entry.id}`,
              label: entitlementTitle(entry),
              content: <EntitlementLabel entitlement={entry} />,
              aside: <RequestStatusBadge status={entry.status} />,
            }))}
          />
          {request.can_review && waiting.length > 1 && (
            <>
              <Text>Each is decided by its own rules. You can also decide all {waiting.length} that wait at once.</Text>
              <Group gap="sm">
                <Button variant="default" onClick={() => setAsking({ verdict: 'approve', entries: waiting })}>
                  Approve all {waiting.length}…
                </Button>
                <Button variant="light" color="brick" onClick={() => setAsking({ verdict: 'deny', entries: waiting })}>
                  Deny all {waiting.length}…
                </Button>
              </Group>
            </>
          )}
        </Stack>
      </Paper>
      {asking !== null && (
        <BulkDialog
          verdict={asking.verdict}
          requests={asking.entries.map((entry) => ({ ...entry, requester: request.requester }))}
          onClose={() => setAsking(null)}
        />
      )}
    </Section>
  );
}
