import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { peopleQuery, personQuery } from '../api/people.ts';
import type { Person } from '../api/person.ts';
import { SearchPicker } from '../elements/search-picker.tsx';

interface PersonPickerProps {
  readonly label: string;
  readonly description?: string;
  readonly placeholder?: string;
  /** A person's id; empty: nobody is chosen. */
  readonly value: string;
  readonly onChange: (id: string) => void;
  /** Not offered. */
  readonly without?: readonly string[];
  readonly w?: string;
}

/** Chooses one person, by name or address. For Admins. */
export function PersonPicker({ value, onChange, without, ...field }: PersonPickerProps) {
  const client = useQueryClient();
  const [search, setSearch] = useState('');
  const [settled] = useDebouncedValue(search.trim(), 200);
  const people = useInfiniteQuery({ ...peopleQuery(settled), placeholderData: keepPreviousData });
  const chosen = useQuery({ ...personQuery(client, value), enabled: value !== '' });
  const found = (people.data?.pages[0]?.items ?? []).filter(({ id }) => without?.includes(id) !== true);
  return (
    <SearchPicker
      {...field}
      value={value}
      {...(chosen.data !== undefined && { valueLabel: pickLabel(chosen.data) })}
      found={found.map((person) => ({ value: person.id, label: pickLabel(person) }))}
      searching={people.isFetching}
      onSearch={setSearch}
      onChange={onChange}
    />
  );
}

/** `Mia Member (member@example.com)` */
export function pickLabel({ name, email }: Person): string {
  return name === '' ? email : `${name} (${email})`;
}
