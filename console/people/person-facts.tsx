import { Badge, Code, Paper } from '@mantine/core';
import type { KnownPerson } from '../api/people.ts';
import { roleWord } from '../elements/entitlement-words.ts';
import { TermList } from '../elements/term-list.tsx';

export function PersonFacts({ person }: { readonly person: KnownPerson }) {
  return (
    <Paper py="sm">
      <TermList
        terms={[
          { name: 'Address', value: person.email },
          { name: 'Role', value: roleWord(person.role) },
          { name: 'Groups', value: person.groups.length === 0 ? 'None' : person.groups.join(', ') },
          { name: 'Account', value: person.disabled ? <Badge color="brick">Disabled</Badge> : 'Enabled' },
          { name: 'Person id', value: <Code>{person.id}</Code> },
        ]}
      />
    </Paper>
  );
}
