import { Alert, Button, Paper, Stack, Textarea } from '@mantine/core';
import type { AskedEntitlement, NamedEntitlement } from '../api/entitlement.ts';
import { DurationField } from '../elements/duration-field.tsx';
import { ProblemAlert } from '../elements/problem-alert.tsx';
import type { DenialLink } from './denial-link.ts';
import { PreviewPanel } from './preview-panel.tsx';
import { RequestFacts } from './request-facts.tsx';
import { useRequestForm } from './use-request-form.ts';

const OWN_FIELDS = ['reason', 'duration_seconds', 'return_to'];

interface RequestFormProps {
  readonly entitlement: AskedEntitlement;
  readonly named: NamedEntitlement;
  readonly description: string;
  readonly link: DenialLink;
}

/** Reason and duration; the rest is filled in. Says before it is sent what will become of it. */
export function RequestForm({ entitlement, named, description, link }: RequestFormProps) {
  const { form, submit, send, summary, previewError, ceilingSeconds, returnRefused, refused } = useRequestForm(
    entitlement,
    link,
  );
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Stack gap="lg">
        <RequestFacts
          named={named}
          description={description}
          action={link.action}
          returnTo={returnRefused ? null : link.returnTo}
        />
        <Paper>
          <Stack gap="lg">
            <Textarea
              label="Reason"
              description="What do you need it for? Reviewers read this, and it is kept in the audit log."
              withAsterisk
              autosize
              minRows={3}
              maxRows={12}
              maxLength={2_000}
              data-field="reason"
              {...form.getInputProps('reason')}
            />
            <DurationField
              label="Duration"
              value={form.values.duration}
              onChange={(duration) => form.setFieldValue('duration', duration)}
              ceilingSeconds={ceilingSeconds}
              error={(form.errors.duration as string | undefined) ?? null}
            />
          </Stack>
        </Paper>
        <PreviewPanel summary={summary} error={previewError} />
        <ProblemAlert error={submit.error} ownFields={OWN_FIELDS} />
        {returnRefused && (
          <Alert color="amber" role="alert" title="You will not be taken back by itself">
            The address you came from is not behind a sidecar of this Hallpass. Send the request without it.
          </Alert>
        )}
        <div>
          <Button type="submit" size="md" loading={submit.isPending} disabled={refused}>
            Send request
          </Button>
        </div>
      </Stack>
    </form>
  );
}
