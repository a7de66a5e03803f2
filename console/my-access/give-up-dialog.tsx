import { useMutation, useQueryClient } from '@tanstack/react-query';
import { revokeGrant, type Grant } from '../api/grant.ts';
import { ConfirmDialog } from '../elements/confirm-dialog.tsx';
import { entitlementPhrase } from '../elements/entitlement-words.ts';

interface GiveUpDialogProps {
  readonly grant: Grant;
  readonly opened: boolean;
  readonly onClose: () => void;
}

export function GiveUpDialog({ grant, opened, onClose }: GiveUpDialogProps) {
  const client = useQueryClient();
  const giveUp = useMutation({
    mutationFn: () => revokeGrant(grant.id, ''),
    onSettled: () =>
      client.invalidateQueries({
        predicate: ({ queryKey }) => ['me', 'grants', 'access-requests'].includes(String(queryKey[0])),
      }),
    onSuccess: onClose,
  });
  return (
    <ConfirmDialog
      opened={opened}
      title={`Give up ${entitlementPhrase(grant)}?`}
      confirmLabel="Give it up"
      keepLabel="Keep it"
      pending={giveUp.isPending}
      error={giveUp.error}
      onConfirm={() => giveUp.mutate()}
      onClose={onClose}
    >
      Access ends at once, and open connections are cut. To get it back you have to ask again.
    </ConfirmDialog>
  );
}
