import { TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';

interface SearchFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly w?: string;
  readonly description?: string;
  readonly onBlur?: () => void;
}

export function SearchField({ onChange, ...field }: SearchFieldProps) {
  return (
    <TextInput
      type="search"
      maxLength={200}
      leftSection={<IconSearch size={18} stroke={1.6} aria-hidden="true" />}
      onChange={(event) => onChange(event.currentTarget.value)}
      {...field}
    />
  );
}
