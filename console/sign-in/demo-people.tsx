import { Badge, Text, UnstyledButton } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { queryKeys } from '../api/query-keys.ts';
import { signInAs, type DemoPerson } from '../api/sign-in.ts';
import { roleWord } from '../elements/entitlement-words.ts';
import { PersonName } from '../elements/person-name.tsx';
import { ProblemAlert } from '../elements/problem-alert.tsx';
import { peekDestination, placeText } from './destination.ts';
import classes from './sign-in-screen.module.css';

export function DemoPeople({ people }: { readonly people: readonly DemoPerson[] }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const signIn = useMutation({
    mutationFn: signInAs,
    onSuccess: async () => {
      // What the last person saw is not for the next one.
      client.removeQueries({ predicate: (query) => query.queryKey[0] !== queryKeys.signInOptions[0] });
      const destination = peekDestination(sessionStorage);
      await navigate(destination === null ? '/my-access' : placeText(destination), { replace: true });
    },
  });
  return (
    <>
      <Text c="dimmed">This is the quickstart. Choose who to be; no password is needed.</Text>
      <ul className={classes.people}>
        {people.map((person) => (
          <li key={person.email}>
            <UnstyledButton
              className={classes.person}
              disabled={signIn.isPending}
              onClick={() => signIn.mutate(person.email)}
            >
              <PersonName person={{ id: person.email, ...person }} />
              <Badge color="gray">{roleWord(person.role)}</Badge>
            </UnstyledButton>
          </li>
        ))}
      </ul>
      <ProblemAlert error={signIn.error} />
    </>
  );
}
