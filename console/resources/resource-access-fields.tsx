import { NativeSelect, Radio, Stack, Textarea } from '@mantine/core';
import { ROLE_NAMES } from '../api/entitlement.ts';
import { roleWord } from '../elements/entitlement-words.ts';
import { DISCOVERABLE_CHOICES } from './discoverable-words.ts';
import classes from './resource-access-fields.module.css';
import type { useResourceForm } from './use-resource-form.ts';

/** Who gets in without a grant, who may know of it, and what else policies learn. */
export function ResourceAccessFields({ form }: Pick<ReturnType<typeof useResourceForm>, 'form'>) {
  return (
    <Stack gap="lg">
      <NativeSelect
        label="Minimum role"
        description="Needed by everybody who holds no grant for this very resource."
        data={ROLE_NAMES.map((value) => ({ value, label: roleWord(value) }))}
        data-field="minimumRole"
        {...form.getInputProps('minimumRole')}
      />
      <Radio.Group
        label="What a person without access may learn of it"
        data-field="discoverable"
        {...form.getInputProps('discoverable')}
      >
        <Stack gap="sm" mt="xs">
          {DISCOVERABLE_CHOICES.map(({ value, label, description }) => (
            <Radio key={value} value={value} label={label} description={description} />
          ))}
        </Stack>
      </Radio.Group>
      <Textarea
        label="Other attributes"
        description="Further facts for policies, as a JSON object: reviewer_roles, reviewer_people, stages, or names of your own."
        autosize
        minRows={2}
        maxRows={16}
        spellCheck={false}
        classNames={{ input: classes.code }}
        data-field="attributes"
        {...form.getInputProps('attributes')}
      />
    </Stack>
  );
}
