import { Loader, Select } from '@mantine/core';
import { useState } from 'react';

export interface Pick {
  readonly value: string;
  readonly label: string;
}

interface SearchPickerProps {
  readonly label: string;
  readonly description?: string;
  readonly placeholder?: string;
  /** Empty: nothing is chosen. */
  readonly value: string;
  /** Of the chosen one, which need not be among those found. */
  readonly valueLabel?: string;
  readonly found: readonly Pick[];
  readonly searching: boolean;
  /** What was typed; the owner looks for it. */
  readonly onSearch: (text: string) => void;
  readonly onChange: (value: string, label: string) => void;
  readonly error?: string | null;
  readonly w?: string;
}

/** Chooses one of more than a list can hold: type a part, take one of what was found. */
export function SearchPicker(props: SearchPickerProps) {
  const { value, valueLabel, found, onSearch, onChange, searching, ...field } = props;
  const [typed, setTyped] = useState<string | null>(null);
  const known = found.some((pick) => pick.value === value);
  const data = value === '' || known ? found : [{ value, label: valueLabel ?? value }, ...found];
  const chosen = data.find((pick) => pick.value === value)?.label ?? '';
  return (
    <Select
      {...field}
      error={props.error ?? null}
      searchable
      clearable
      data={[...data]}
      value={value === '' ? null : value}
      // What was looked for stands on the server's side; filtering again would hide a hit by an address.
      filter={({ options }) => options}
      searchValue={typed ?? chosen}
      onSearchChange={(text) => {
        setTyped(text === chosen ? null : text);
        onSearch(text === chosen ? '' : text);
      }}
      onChange={(next, option) => {
        setTyped(null);
        onChange(next ?? '', option?.label ?? '');
      }}
      onBlur={() => setTyped(null)}
      nothingFoundMessage={searching ? 'Looking…' : 'Nothing found'}
      rightSection={searching ? <Loader size="xs" aria-hidden="true" /> : undefined}
      clearButtonProps={{ 'aria-label': `Clear ${props.label}` }}
      // The list itself scrolls: a viewport inside of it would want the focus that belongs to the field.
      withScrollArea={false}
      styles={{ options: { maxHeight: '16rem', overflowY: 'auto' } }}
      comboboxProps={{ withinPortal: false }}
    />
  );
}
