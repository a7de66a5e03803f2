import { Button, Paper, Stack, Textarea, TextInput } from '@mantine/core';
import { ProblemAlert } from '../elements/problem-alert.tsx';
import { SaveNotice } from '../elements/save-notice.tsx';
import { Section } from '../elements/section.tsx';
import { AccessTermsFields } from './access-terms-fields.tsx';
import { ResourceAccessFields } from './resource-access-fields.tsx';
import { RESOURCE_FIELDS } from './resource-errors.ts';
import { ResourceNameFields } from './resource-name-fields.tsx';
import { ResourcePlaceFields } from './resource-place-fields.tsx';
import type { useResourceForm } from './use-resource-form.ts';

interface ResourceFormProps {
  readonly state: ReturnType<typeof useResourceForm>;
  readonly isNew: boolean;
}

export function ResourceForm({ state, isNew }: ResourceFormProps) {
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
            {isNew && <ResourceNameFields form={form} />}
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
            <ResourcePlaceFields state={state} />
          </Stack>
        </Paper>
        <Section title="On which terms it is given">
          <Paper>
            <AccessTermsFields form={form} />
          </Paper>
        </Section>
        <Section title="Without a grant">
          <Paper>
            <ResourceAccessFields form={form} />
          </Paper>
        </Section>
        <ProblemAlert error={save.error} ownFields={RESOURCE_FIELDS} />
        <div>
          <SaveNotice shown={saved && !isNew}>Saved. It holds from now on.</SaveNotice>
          <Button type="submit" size="md" loading={save.isPending}>
            {isNew ? 'Create the resource' : 'Save'}
          </Button>
        </div>
      </Stack>
    </form>
  );
}
