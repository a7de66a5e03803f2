import { Button, Paper, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { queryKeys } from '../api/query-keys.ts';
import { useRepeatable } from '../api/use-repeatable.ts';
import { rotateWebhookSecret, type Webhook } from '../api/webhook.ts';
import { ConfirmDialog } from '../elements/confirm-dialog.tsx';
import { TimeStamp } from '../elements/time-stamp.tsx';
import { SecretNotice } from './secret-notice.tsx';

/** Makes a new signing secret; for a while both sign, so that no call is refused in between. */
export function RotateSecret({ webhook }: { readonly webhook: Webhook }) {
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const send = useRepeatable((_: string, key) => rotateWebhookSecret(webhook.id, key));
  const rotate = useMutation({
    mutationFn: send,
    // The answer holds the secret: forgotten with the page.
    gcTime: 0,
    onSuccess: ({ secret: _secret, ...rotated }) => {
      client.setQueryData(queryKeys.webhook(webhook.id), rotated);
      setAsking(false);
    },
  });
  if (rotate.data !== undefined) return <SecretNotice secret={rotate.data.secret} onDone={rotate.reset} />;
  return (
    <Paper>
      <Stack align="flex-start">
        <Text>Each call is signed with it. It was shown when it was made, and never again.</Text>
        {webhook.previous_secret_until !== null && (
          <Text>
            The secret before this one signs too until <TimeStamp time={webhook.previous_secret_until} />.
          </Text>
        )}
        <Button variant="default" onClick={() => setAsking(true)}>
          Make a new secret
        </Button>
      </Stack>
      <ConfirmDialog
        opened={asking}
        title="Make a new signing secret?"
        confirmLabel="Make a new secret"
        keepLabel="Keep this one"
        confirmColor="pine"
        pending={rotate.isPending}
        error={rotate.error}
        onConfirm={() => rotate.mutate(webhook.id)}
        onClose={() => setAsking(false)}
      >
        The old one signs too for a while, so that you can put the new one in place without losing a call.
      </ConfirmDialog>
    </Paper>
  );
}
