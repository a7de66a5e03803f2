import { Button, Checkbox, Paper, Radio, Stack, TextInput } from '@mantine/core';
import type { UseMutationResult } from '@tanstack/react-query';
import { WEBHOOK_EVENT_TYPES, type Webhook, type WebhookBody } from '../api/webhook.ts';
import { ProblemAlert } from '../elements/problem-alert.tsx';
import { SaveNotice } from '../elements/save-notice.tsx';
import { useSettingsForm } from '../elements/use-settings-form.ts';
import {
  readWebhookDraft,
  WEBHOOK_FIELDS,
  webhookErrors,
  webhookEventWords,
  type WebhookDraft,
} from './webhook-draft.ts';
import classes from './webhook-form.module.css';

interface WebhookFormProps<Saved extends Webhook> {
  readonly initial: WebhookDraft;
  readonly isNew: boolean;
  readonly save: UseMutationResult<Saved, Error, { readonly body: WebhookBody }>;
  readonly onSaved?: (webhook: Saved) => unknown;
}

export function WebhookForm<Saved extends Webhook>({ initial, isNew, save, onSaved }: WebhookFormProps<Saved>) {
  const { form, saved, send } = useSettingsForm({
    initial,
    read: readWebhookDraft,
    save,
    errorsOf: webhookErrors,
    onSaved,
  });
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
            <TextInput
              label="Address"
              description="An https:// URL. Each event is posted to it as JSON, signed by the Standard Webhooks rules."
              type="url"
              withAsterisk
              autoComplete="off"
              maxLength={2_000}
              data-field="url"
              {...form.getInputProps('url')}
            />
            <TextInput
              label="Description (optional)"
              autoComplete="off"
              maxLength={200}
              data-field="description"
              {...form.getInputProps('description')}
            />
            <Radio.Group
              label="Events"
              value={form.values.everything ? 'all' : 'some'}
              onChange={(value) => form.setFieldValue('everything', value === 'all')}
            >
              <Stack gap="xs" mt="xs">
                <Radio value="all" label="All of them, also types that come later" />
                <Radio value="some" label="Only these" />
              </Stack>
            </Radio.Group>
            {!form.values.everything && (
              <Checkbox.Group
                aria-label="Types of events"
                value={[...form.values.eventTypes]}
                onChange={(types) => form.setFieldValue('eventTypes', types)}
                error={form.errors['eventTypes']}
              >
                <div className={classes.types}>
                  {WEBHOOK_EVENT_TYPES.map((type) => (
                    <Checkbox key={type} value={type} label={webhookEventWords(type)} />
                  ))}
                </div>
              </Checkbox.Group>
            )}
            <Checkbox
              label="Turned on"
              description="Turned off, nothing is sent and nothing is kept for later."
              {...form.getInputProps('enabled', { type: 'checkbox' })}
            />
          </Stack>
        </Paper>
        <ProblemAlert error={save.error} ownFields={WEBHOOK_FIELDS} />
        <div>
          <SaveNotice shown={saved && !isNew}>Saved. It holds from now on.</SaveNotice>
          <Button type="submit" size="md" loading={save.isPending}>
            {isNew ? 'Create the webhook' : 'Save'}
          </Button>
        </div>
      </Stack>
    </form>
  );
}
