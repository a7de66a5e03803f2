import { Button, NativeSelect, Paper, Stack, Textarea, TextInput } from '@mantine/core';
import { IdInput } from '../elements/id-input.tsx';
import { ProblemAlert } from '../elements/problem-alert.tsx';
import { RowList } from '../elements/row-list.tsx';
import { SaveNotice } from '../elements/save-notice.tsx';
import { useKnownPlaces } from '../resources/use-known-places.ts';
import { OwnerFields } from './owner-fields.tsx';
import { RULE_LEVELS } from './rule-words.ts';
import { SCOPE_FIELDS } from './scope-errors.ts';
import type { useScopeForm } from './use-scope-form.ts';

interface ScopeFormProps {
  readonly state: ReturnType<typeof useScopeForm>;
  readonly isNew: boolean;
}

export function ScopeForm({ state, isNew }: ScopeFormProps) {
  const { form, save, saved, send } = state;
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Stack gap="lg">
        <Paper>
          <Stack gap="lg">
            {isNew && (
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
            )}
            <TextInput
              label="Name"
              withAsterisk
              autoComplete="off"
              maxLength={200}
              data-field="name"
              {...form.getInputProps('name')}
            />
            <Textarea
              label="Description"
              autosize
              minRows={2}
              maxRows={8}
              maxLength={2_000}
              data-field="description"
              {...form.getInputProps('description')}
            />
            <RuleFields state={state} />
            <OwnerFields
              owners={form.values.owners}
              onChange={(owners) => form.setFieldValue('owners', [...owners])}
              error={form.errors['owners'] as string | undefined}
            />
          </Stack>
        </Paper>
        <ProblemAlert error={save.error} ownFields={SCOPE_FIELDS} />
        <div>
          <SaveNotice shown={saved && !isNew}>Saved. It holds from now on.</SaveNotice>
          <Button type="submit" size="md" loading={save.isPending}>
            {isNew ? 'Create the Scope' : 'Save'}
          </Button>
        </div>
      </Stack>
    </form>
  );
}

function RuleFields({ state }: Pick<ScopeFormProps, 'state'>) {
  const { form, addRule, removeRule } = state;
  const known = useKnownPlaces();
  const offered = { environment: known.environments, connection: known.connections, target: known.targets };
  return (
    <RowList
      label="Rules"
      description="Each covers one environment, Connection or Target, with all that is in it."
      noun="rule"
      rows={form.values.rules}
      onAdd={addRule}
      onRemove={removeRule}
      error={form.errors['rules']}
      renderRow={({ level, fresh }, place) => (
        <>
          <NativeSelect
            aria-label={`Level of rule ${place + 1}`}
            data={[...RULE_LEVELS]}
            {...form.getInputProps(`rules.${place}.level`)}
          />
          <IdInput
            aria-label={`Id of rule ${place + 1}`}
            known={offered[level]}
            fresh={fresh === true}
            data-field={`rules.${place}.id`}
            {...form.getInputProps(`rules.${place}.id`)}
          />
        </>
      )}
    />
  );
}
