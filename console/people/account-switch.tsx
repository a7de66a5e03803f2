import { Button, Paper, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { KnownPerson } from '../api/people.ts';
import { ConfirmDialog } from '../elements/confirm-dialog.tsx';
import { EndsAtOnce } from './ends-at-once.tsx';
import { useChangePerson } from './use-change-person.ts';

interface AccountSwitchProps {
  readonly person: KnownPerson;
  /** Why it can't be switched, or null. */
  readonly refusal: string | null;
}

/** Disables a person, which ends everything at once, or enables them again. */
export function AccountSwitch({ person, refusal }: AccountSwitchProps) {
  const [asking, setAsking] = useState(false);
  const change = useChangePerson(person.id);
  if (refusal !== null) return <Text>{refusal}</Text>;
  const name = person.name || person.email;
  const close = () => {
    setAsking(false);
    change.reset();
  };
  return (
    <Paper>
      <Stack align="flex-start">
        <Text>
          {person.disabled
            ? `${name} can’t sign in, and nothing lets them through. What they had was ended; enabled again they start with their role alone.`
            : `Disabled, ${name} can’t sign in any more, and nothing lets them through.`}
        </Text>
        <Button
          {...(person.disabled ? { variant: 'default' } : { color: 'brick', variant: 'outline' })}
          onClick={() => setAsking(true)}
        >
          {person.disabled ? 'Enable the account' : 'Disable the account'}
        </Button>
      </Stack>
      <ConfirmDialog
        opened={asking}
        title={person.disabled ? `Enable ${name} again?` : `Disable ${name}?`}
        confirmLabel={person.disabled ? 'Enable' : 'Disable'}
        keepLabel={person.disabled ? 'Leave it disabled' : 'Leave it enabled'}
        confirmColor={person.disabled ? 'pine' : 'brick'}
        pending={change.isPending}
        error={change.error}
        onConfirm={() => change.mutate({ disabled: !person.disabled }, { onSuccess: close })}
        onClose={close}
      >
        {person.disabled ? (
          'Their role counts again at once. Access that was ended does not come back; they have to sign in anew and be given it again.'
        ) : (
          <EndsAtOnce person={person} />
        )}
      </ConfirmDialog>
    </Paper>
  );
}
