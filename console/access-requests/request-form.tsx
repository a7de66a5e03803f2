import { Button, Group, Paper, Stack, Textarea } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { useNavigate } from 'react-router';
import { submitAccessRequest, type NewAccessRequest } from '../api/access-request.ts';
import { ApiProblem, messagesByField } from '../api/api-problem.ts';
import type { AskedEntitlement, NamedEntitlement } from '../api/entitlement.ts';
import { newIdempotencyKey } from '../api/idempotency-key.ts';
import { queryKeys } from '../api/query-keys.ts';
import { requestPreviewQuery } from '../api/request-preview.ts';
import { DurationField } from '../elements/duration-field.tsx';
import { ProblemAlert } from '../elements/problem-alert.tsx';
import { ceilingMessage, readDuration, type DurationChoice } from '../time/duration-choice.ts';
import { RequestFacts } from './request-facts.tsx';
import { PreviewPanel } from './preview-panel.tsx';
import { previewSummary } from './preview-summary.ts';

interface RequestFormProps {
  readonly entitlement: AskedEntitlement;
  readonly named: NamedEntitlement;
  readonly description: string;
  readonly action: string | null;
  readonly evaluationId: string | null;
  readonly returnTo: string | null;
}

interface FormValues {
  readonly reason: string;
  readonly duration: DurationChoice;
}

const START: FormValues = { reason: '', duration: { preset: '3600', amount: '', unit: 'hours' } };

/** Reason and duration; the rest is filled in. Says before it is sent what will become of it. */
export function RequestForm(props: RequestFormProps) {
  const { entitlement, named } = props;
  const form = useForm<FormValues>({ mode: 'controlled', initialValues: START });
  const preview = usePreview(entitlement, form.values);
  const submit = useSubmit();
  const ceilingSeconds = preview.data?.max_duration_seconds ?? null;

  const send = () => {
    const duration = readDuration(form.values.duration);
    const reason = form.values.reason.trim();
    const tooLong = duration.ok ? ceilingMessage(duration.seconds, ceilingSeconds) : duration.message;
    form.setErrors({
      ...(reason === '' && { reason: 'Say what you need it for.' }),
      ...(tooLong !== null && { duration: tooLong }),
    });
    if (reason === '' || !duration.ok || tooLong !== null) {
      focusFirstError();
      return;
    }
    submit.mutate(
      {
        ...entitlement,
        reason,
        duration_seconds: duration.seconds,
        ...(props.action !== null && { action: props.action }),
        ...(props.evaluationId !== null && { evaluation_id: props.evaluationId }),
        ...(props.returnTo !== null && { return_to: props.returnTo }),
      },
      {
        onError: (error) => {
          if (!(error instanceof ApiProblem)) return;
          const { reason: aboutReason, duration_seconds: aboutDuration } = messagesByField(error, [
            'reason',
            'duration_seconds',
          ]);
          form.setErrors({ reason: aboutReason, duration: aboutDuration });
          focusFirstError();
        },
      },
    );
  };
  const hasReason = form.values.reason.trim() !== '';
  const summary = preview.data === undefined ? null : previewSummary(preview.data, hasReason);
  const refused = summary?.sendable === false && !preview.isPlaceholderData;

  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Stack gap="lg">
        <RequestFacts named={named} description={props.description} action={props.action} returnTo={props.returnTo} />
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
        <PreviewPanel summary={summary} error={preview.error} />
        <ProblemAlert error={submit.error} ownFields={['reason', 'duration_seconds']} />
        <Group>
          <Button type="submit" size="md" loading={submit.isPending} disabled={refused}>
            Send request
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function usePreview(entitlement: AskedEntitlement, values: FormValues) {
  const [settled] = useDebouncedValue(values, 400);
  const duration = readDuration(settled.duration);
  const reason = settled.reason.trim();
  return useQuery({
    ...requestPreviewQuery({
      ...entitlement,
      ...(duration.ok && { duration_seconds: duration.seconds }),
      ...(reason !== '' && { reason }),
    }),
    placeholderData: keepPreviousData,
  });
}

/** Sends one request once: pressing again after a lost answer repeats the same key, changed words get a new one. */
function useSubmit() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const last = useRef({ body: '', key: '' });
  return useMutation({
    mutationFn: (request: NewAccessRequest) => {
      const body = JSON.stringify(request);
      if (last.current.body !== body) last.current = { body, key: newIdempotencyKey() };
      return submitAccessRequest(request, last.current.key);
    },
    onSuccess: async (created) => {
      client.setQueryData(queryKeys.accessRequest(created.id), created);
      await client.invalidateQueries({ queryKey: queryKeys.accessRequests });
      await navigate(`/access-requests/${created.id}`, { replace: true, state: { submitted: true } });
    },
  });
}

function focusFirstError() {
  requestAnimationFrame(() => {
    const field = document.querySelector<HTMLElement>(
      'form [aria-invalid="true"], form fieldset[aria-describedby$="-error"] input',
    );
    field?.focus();
  });
}
