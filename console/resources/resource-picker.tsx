import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { resourcesQuery } from '../api/resource.ts';
import { SearchPicker } from '../elements/search-picker.tsx';

interface ResourcePickerProps {
  readonly label: string;
  readonly description?: string;
  readonly placeholder?: string;
  /** `type:id`; empty: none is chosen. */
  readonly value: string;
  readonly onChange: (key: string, name: string) => void;
  readonly error?: string | null;
  readonly w?: string;
}

/** Chooses one resource, by name or id. */
export function ResourcePicker({ value, onChange, ...field }: ResourcePickerProps) {
  const [search, setSearch] = useState('');
  const [settled] = useDebouncedValue(search.trim(), 200);
  const resources = useInfiniteQuery({ ...resourcesQuery({ search: settled }), placeholderData: keepPreviousData });
  const found = resources.data?.pages[0]?.items ?? [];
  return (
    <SearchPicker
      {...field}
      value={value}
      found={found.map(({ type, id, name }) => ({ value: `${type}:${id}`, label: `${name} (${type}:${id})` }))}
      searching={resources.isFetching}
      onSearch={setSearch}
      onChange={(key) => {
        const resource = found.find(({ type, id }) => `${type}:${id}` === key);
        onChange(key, resource?.name ?? key);
      }}
    />
  );
}
