import { Button, Paper, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { endSessionsOf, type KnownPerson } from '../api/people.ts';
import { useRepeatable } from '../api/use-repeatable.ts';
import { ConfirmDialog } from '../elements/confirm-dialog.tsx';
import { SaveNotice } from '../elements/save-notice.tsx';

/** Signs a person out on every device; their access stays. */
export function EndSessions({ person }: { readonly person: KnownPerson }) {
  const [asking, setAsking] = useState(false);
  const send = useRepeatable((_: string, key) => endSessionsOf(person.id, key));
  const end = useMutation({ mutationFn: send, onSuccess: () => setAsking(false) });
  const name = person.name || person.email;
  return (
    <Paper>
      <Stack align="flex-start">
        <Text>Sign {name} out everywhere, for example after a device was lost. Their access stays.</Text>
        <SaveNotice shown={end.isSuccess}>Signed out everywhere.</SaveNotice>
        <Button variant="default" onClick={() => setAsking(true)}>
          End all sessions
        </Button>
      </Stack>
      <ConfirmDialog
        opened={asking}
        title={`Sign ${name} out everywhere?`}
        confirmLabel="End all sessions"
        keepLabel="Leave them signed in"
        pending={end.isPending}
        error={end.error}
        onConfirm={() => end.mutate(person.id)}
        onClose={() => setAsking(false)}
      >
        Every device asks them to sign in again, and connections that ride on those sessions are cut.
      </ConfirmDialog>
    </Paper>
  );
}
