import { NativeSelect, TextInput } from '@mantine/core';
import { RESOURCE_TYPE_NAMES } from '../api/entitlement.ts';
import { resourceTypeWord } from '../elements/entitlement-words.ts';
import type { useResourceForm } from './use-resource-form.ts';

/** What a resource is and how programs call it; neither is changed later. */
export function ResourceNameFields({ form }: Pick<ReturnType<typeof useResourceForm>, 'form'>) {
  return (
    <>
      <NativeSelect
        label="Type"
        data={RESOURCE_TYPE_NAMES.map((value) => ({ value, label: resourceTypeWord(value) }))}
        data-field="type"
        {...form.getInputProps('type')}
      />
      <TextInput
        label="Id"
        description="For policies and addresses; it can’t be changed later. Lower-case letters, digits, dots, dashes, underscores."
        withAsterisk
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={100}
        data-field="id"
        {...form.getInputProps('id')}
      />
    </>
  );
}
