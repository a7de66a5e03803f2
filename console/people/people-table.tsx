import { Badge } from '@mantine/core';
import type { KnownPerson } from '../api/people.ts';
import { DataTable, type Column } from '../elements/data-table.tsx';
import { roleWord } from '../elements/entitlement-words.ts';
import { OpenLink } from '../elements/open-link.tsx';
import { PersonName } from '../elements/person-name.tsx';

const COLUMNS: readonly Column<KnownPerson>[] = [
  { title: 'Person', cell: (person) => <PersonName person={person} /> },
  { title: 'Role', cell: (person) => roleWord(person.role) },
  { title: 'Groups', cell: (person) => (person.groups.length === 0 ? '–' : person.groups.join(', ')) },
  { title: 'Account', cell: (person) => (person.disabled ? <Badge color="brick">Disabled</Badge> : 'Enabled') },
  {
    title: 'Open',
    titleHidden: true,
    cell: (person) => <OpenLink to={`/settings/people/${person.id}`} name={person.name || person.email} />,
  },
];

export function PeopleTable({ people }: { readonly people: readonly KnownPerson[] }) {
  return <DataTable caption="People, by address" columns={COLUMNS} rows={people} rowKey={(person) => person.id} />;
}
