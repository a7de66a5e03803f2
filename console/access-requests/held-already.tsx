import { Alert } from '@mantine/core';
import { IconClock, IconKey } from '@tabler/icons-react';
import type { RequestPreview } from '../api/request-preview.ts';
import { entitlementPhrase } from '../elements/entitlement-words.ts';
import { TextLink } from '../elements/text-link.tsx';
import { TimeStamp } from '../elements/time-stamp.tsx';
import { extensionPath } from './extension-path.ts';

/** What this person has, or has asked for, already, with the way to it. */
export function HeldAlready({ preview }: { readonly preview: RequestPreview }) {
  const { has_already: grant, pending_request_id: pendingId } = preview;
  return (
    <>
      {grant !== null && (
        <Alert color="pine" title="You have this already" icon={<IconKey aria-hidden="true" />}>
          {entitlementPhrase(grant)} is open to you{' '}
          {grant.expires_at === null ? (
            'without an end.'
          ) : (
            <>
              until <TimeStamp time={grant.expires_at} />.
            </>
          )}{' '}
          {grant.can_extend && <TextLink to={extensionPath(grant.id)}>Ask for more time</TextLink>}
        </Alert>
      )}
      {pendingId !== null && (
        <Alert color="amber" title="You have asked for this already" icon={<IconClock aria-hidden="true" />}>
          That request is waiting for a decision. <TextLink to={`/access-requests/${pendingId}`}>Open it</TextLink>
        </Alert>
      )}
    </>
  );
}
