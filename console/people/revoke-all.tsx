import { Button, Stack, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { revokeAllOf, type KnownPerson } from '../api/people.ts';
import { useRepeatable } from '../api/use-repeatable.ts';
import { ConfirmDialog } from '../elements/confirm-dialog.tsx';
import { SaveNotice } from '../elements/save-notice.tsx';
import { EndingGrants } from './ends-at-once.tsx';

interface RevokeAllProps {
  readonly person: KnownPerson;
  /** Whether there is anything to end. */
  readonly hasAny: boolean;
}

/** Ends everything a person was given, after saying what that is. The account and its base role stay. */
export function RevokeAll({ person, hasAny }: RevokeAllProps) {
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const [note, setNote] = useState('');
  const send = useRepeatable((text: string, key) => revokeAllOf(person.id, text, key));
  const revoke = useMutation({
    mutationFn: send,
    onSettled: () =>
      client.invalidateQueries({
        predicate: ({ queryKey }) => ['me', 'grants', 'access-requests'].includes(String(queryKey[0])),
      }),
    onSuccess: () => {
      setAsking(false);
      setNote('');
    },
  });
  const name = person.name || person.email;
  const ended = revoke.data?.ended ?? 0;
  return (
    <div>
      <SaveNotice shown={revoke.isSuccess}>{ended === 1 ? '1 grant ended.' : `${ended} grants ended.`}</SaveNotice>
      {hasAny && (
        <Button color="brick" variant="outline" onClick={() => setAsking(true)}>
          Revoke all
        </Button>
      )}
      <ConfirmDialog
        opened={asking}
        title={`Revoke everything ${name} was given?`}
        confirmLabel="Revoke all"
        keepLabel="Keep it"
        pending={revoke.isPending}
        error={revoke.error}
        onConfirm={() => revoke.mutate(note.trim())}
        onClose={() => setAsking(false)}
      >
        <Stack>
          <div>
            All of it ends at once, and open connections are cut. The account stays, and what its role opens by itself.
          </div>
          <EndingGrants personId={person.id} />
          <Textarea
            label="Reason (optional)"
            description={`${name} reads this, and it is kept in the audit log.`}
            autosize
            minRows={2}
            maxLength={2_000}
            value={note}
            onChange={(event) => setNote(event.currentTarget.value)}
          />
        </Stack>
      </ConfirmDialog>
    </div>
  );
}
