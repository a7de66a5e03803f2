import { Alert, Button, Paper, Stack, Textarea } from '@mantine/core';
import type { AskedEntitlement, NamedEntitlement } from '../api/entitlement.ts';
import type { KnownPerson } from '../api/people.ts';
import { DurationField } from '../elements/duration-field.tsx';
import { EntitlementLabel } from '../elements/entitlement-label.tsx';
import { PersonName } from '../elements/person-name.tsx';
import { ProblemAlert } from '../elements/problem-alert.tsx';
import { TermList } from '../elements/term-list.tsx';
import { useGiveAccess } from './use-give-access.ts';

interface GiveAccessFormProps {
  readonly person: KnownPerson;
  readonly entitlement: AskedEntitlement;
  readonly named: NamedEntitlement;
  readonly description: string;
}

export function GiveAccessForm({ person, entitlement, named, description }: GiveAccessFormProps) {
  const { form, give, send } = useGiveAccess(person.id, entitlement);
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Stack gap="lg">
        <Paper py="sm">
          <TermList
            terms={[
              { name: 'To', value: <PersonName person={person} /> },
              { name: 'Access', value: <EntitlementLabel entitlement={named} /> },
              ...(description === '' ? [] : [{ name: 'What it is', value: description }]),
            ]}
          />
        </Paper>
        {person.disabled && (
          <Alert color="amber" title="This account is disabled">
            The grant is made, and counts from the moment the account is enabled again.
          </Alert>
        )}
        <Paper>
          <Stack gap="lg">
            <DurationField
              label="Duration"
              value={form.values.duration}
              onChange={(duration) => form.setFieldValue('duration', duration)}
              ceilingSeconds={null}
              error={(form.errors.duration as string | undefined) ?? null}
            />
            <Textarea
              label="Reason (optional)"
              description="It is kept in the audit log."
              autosize
              minRows={2}
              maxRows={12}
              maxLength={2_000}
              data-field="reason"
              {...form.getInputProps('reason')}
            />
          </Stack>
        </Paper>
        <ProblemAlert error={give.error} ownFields={['duration_seconds', 'reason']} />
        <div>
          <Button type="submit" size="md" loading={give.isPending}>
            Give access now
          </Button>
        </div>
      </Stack>
    </form>
  );
}
