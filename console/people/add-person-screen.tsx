import { Button, NativeSelect, Paper, Stack, TextInput } from '@mantine/core';
import { Page } from '../elements/page.tsx';
import { ProblemAlert } from '../elements/problem-alert.tsx';
import { TextLink } from '../elements/text-link.tsx';
import { roleWord } from '../elements/entitlement-words.ts';
import { AdminsOnly } from '../shell/admins-only.tsx';
import { useMe } from '../shell/me-context.ts';
import { rolesToGive } from './role-rules.ts';
import { ADD_PERSON_FIELDS, useAddPerson } from './use-add-person.ts';

export function AddPersonScreen() {
  return (
    <AdminsOnly title="Add a person" what="the list of people">
      <Page narrow title="Add a person" intro={<TextLink to="/settings/people">All people</TextLink>}>
        <AddPersonForm />
      </Page>
    </AdminsOnly>
  );
}

function AddPersonForm() {
  const me = useMe();
  const { form, save, send } = useAddPerson();
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
          <Stack>
            <TextInput
              label="Address"
              description="They sign in with it."
              type="email"
              autoComplete="off"
              withAsterisk
              maxLength={254}
              data-field="email"
              {...form.getInputProps('email')}
            />
            <TextInput
              label="Name"
              withAsterisk
              autoComplete="off"
              maxLength={200}
              data-field="name"
              {...form.getInputProps('name')}
            />
            <NativeSelect
              label="Base role"
              description="What holds without any grant."
              data={rolesToGive(me.role).map((value) => ({ value, label: roleWord(value) }))}
              data-field="role"
              {...form.getInputProps('role')}
            />
            <TextInput
              label="Groups"
              description="For policies; names with commas between them. May be left empty."
              autoComplete="off"
              data-field="groups"
              {...form.getInputProps('groups')}
            />
          </Stack>
        </Paper>
        <ProblemAlert error={save.error} ownFields={ADD_PERSON_FIELDS} />
        <div>
          <Button type="submit" size="md" loading={save.isPending}>
            Add this person
          </Button>
        </div>
      </Stack>
    </form>
  );
}
