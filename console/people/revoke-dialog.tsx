import { Stack, Text, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { revokeGrant, type Grant } from '../api/grant.ts';
import { useRepeatable } from '../api/use-repeatable.ts';
import { ConfirmDialog } from '../elements/confirm-dialog.tsx';
import { entitlementPhrase } from '../elements/entitlement-words.ts';

interface RevokeDialogProps {
  readonly grant: Grant;
  readonly opened: boolean;
  readonly onClose: () => void;
}

export function RevokeDialog({ grant, opened, onClose }: RevokeDialogProps) {
  const client = useQueryClient();
  const [reason, setReason] = useState('');
  const send = useRepeatable((note: string, key) => revokeGrant(grant.id, note, key));
  const revoke = useMutation({
    mutationFn: send,
    onSettled: () =>
      client.invalidateQueries({
        predicate: ({ queryKey }) => ['me', 'grants', 'access-requests'].includes(String(queryKey[0])),
      }),
    onSuccess: onClose,
  });
  const holder = grant.subject.name || grant.subject.email;
  return (
    <ConfirmDialog
      opened={opened}
      title={`Revoke ${entitlementPhrase(grant)}?`}
      confirmLabel="Revoke"
      keepLabel="Keep it"
      pending={revoke.isPending}
      error={revoke.error}
      onConfirm={() => revoke.mutate(reason.trim())}
      onClose={onClose}
    >
      <Stack>
        <Text>The access of {holder} ends at once, and open connections are cut.</Text>
        <Textarea
          label="Reason (optional)"
          description={`${holder} reads this, and it is kept in the audit log.`}
          autosize
          minRows={2}
          maxLength={2_000}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
      </Stack>
    </ConfirmDialog>
  );
}
