import { Button, Group, NativeSelect, Paper, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { ApiProblem, messagesByField } from '../api/api-problem.ts';
import type { Role } from '../../core/access/role.ts';
import type { KnownPerson } from '../api/people.ts';
import { roleWord } from '../elements/entitlement-words.ts';
import { ProblemAlert } from '../elements/problem-alert.tsx';
import { useMe } from '../shell/me-context.ts';
import { rolesToGive } from './role-rules.ts';
import { useChangePerson } from './use-change-person.ts';

interface ChangeRoleProps {
  readonly person: KnownPerson;
  /** Why it can't be changed, or null. */
  readonly refusal: string | null;
}

/** The base role: what holds without any grant. */
export function ChangeRole({ person, refusal }: ChangeRoleProps) {
  const me = useMe();
  const [role, setRole] = useState<Role>(person.role);
  const change = useChangePerson(person.id);
  if (refusal !== null) return <Text>{refusal}</Text>;
  const roleError = change.error instanceof ApiProblem ? messagesByField(change.error, ['role']).role : undefined;
  return (
    <Paper>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate({ role });
        }}
      >
        <Stack>
          <Group align="flex-end">
            <NativeSelect
              label="Base role"
              description="What holds without any grant. Ownership is not handed out."
              data={rolesToGive(me.role).map((value) => ({ value, label: roleWord(value) }))}
              value={role}
              error={roleError}
              onChange={(event) => setRole(event.currentTarget.value as Role)}
            />
            <Button type="submit" loading={change.isPending} disabled={role === person.role}>
              Change role
            </Button>
          </Group>
          <ProblemAlert error={change.error} ownFields={['role']} />
        </Stack>
      </form>
    </Paper>
  );
}
