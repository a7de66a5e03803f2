import { Alert, Button, Paper, Stack, Textarea } from '@mantine/core';
import type { AskedEntitlement, NamedEntitlement } from '../api/entitlement.ts';
import type { KnownPerson } from '../api/people.ts';
import { DurationField } from '../elements/duration-field.tsx';
import { EntitlementLabel } from '../elements/entitlement-label.tsx';
import { MomentInput } from '../elements/moment-input.tsx';
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
            The grant is made all the same, and counts from the moment the account is enabled again.
          </Alert>
        )}
        <Paper>
          <Stack gap="lg">
            <DurationField
              label="Duration"
              value={form.values.duration}
              onChange={(duration) => form.setFieldValue('duration', duration)}
              ceilingSeconds={null}
              withUntil
              error={(form.errors.duration as string | undefined) ?? null}
            />
            <MomentInput
              label="Begins (left empty: now)"
              data-field="start"
              value={form.values.start}
              onChange={(start) => form.setFieldValue('start', start)}
              error={form.errors['start']}
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
        <ProblemAlert error={give.error} ownFields={['duration_seconds', 'until', 'starts_at', 'reason']} />
        <div>
          <Button type="submit" size="md" loading={give.isPending}>
            {form.values.start === '' ? 'Give access now' : 'Give access from then on'}
          </Button>
        </div>
      </Stack>
    </form>
  );
}
