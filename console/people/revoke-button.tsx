import { Button, VisuallyHidden } from '@mantine/core';
import { useState } from 'react';
import type { Grant } from '../api/grant.ts';
import { entitlementPhrase } from '../elements/entitlement-words.ts';
import { RevokeDialog } from './revoke-dialog.tsx';

/** Ends one grant, after asking. */
export function RevokeButton({ grant }: { readonly grant: Grant }) {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button variant="default" size="sm" onClick={() => setAsking(true)}>
        Revoke<VisuallyHidden> {entitlementPhrase(grant)}</VisuallyHidden>
      </Button>
      <RevokeDialog grant={grant} opened={asking} onClose={() => setAsking(false)} />
    </>
  );
}
