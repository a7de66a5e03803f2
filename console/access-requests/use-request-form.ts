import { useForm } from '@mantine/form';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiProblem, messagesByField } from '../api/api-problem.ts';
import type { AskedEntitlement } from '../api/entitlement.ts';
import { requestPreviewQuery } from '../api/request-preview.ts';
import { focusFirstError } from '../elements/focus-first-error.ts';
import { useMe } from '../shell/me-context.ts';
import { ceilingMessage, readDuration } from '../time/duration-choice.ts';
import type { DenialLink } from './denial-link.ts';
import { previewSummary } from './preview-summary.ts';
import { EMPTY_DRAFT, keepDraft, readDraft, type RequestDraft } from './request-draft.ts';
import { useSubmitRequest } from './use-submit-request.ts';

/** The request form without its looks: values, preview, and sending. */
export function useRequestForm(entitlement: AskedEntitlement, link: DenialLink) {
  const { id: personId } = useMe();
  const form = useForm<RequestDraft>({
    mode: 'controlled',
    initialValues: readDraft(personId, entitlement, sessionStorage),
    onValuesChange: (values) => keepDraft(personId, entitlement, values, sessionStorage),
  });
  const preview = usePreview(entitlement, form.values);
  const submit = useSubmitRequest();
  const [returnRefused, setReturnRefused] = useState(false);
  const ceilingSeconds = preview.data?.max_duration_seconds ?? null;

  const show = (errors: Readonly<Record<string, string | undefined>>) => {
    form.setErrors(errors);
    focusFirstError(errors);
  };
  const send = () => {
    const duration = readDuration(form.values.duration);
    const reason = form.values.reason.trim();
    const aboutDuration = duration.ok ? ceilingMessage(duration.seconds, ceilingSeconds) : duration.message;
    show({
      ...(reason === '' && { reason: 'Say what you need it for.' }),
      ...(aboutDuration !== null && { duration: aboutDuration }),
    });
    if (reason === '' || !duration.ok || aboutDuration !== null) return;
    submit.mutate(
      {
        ...entitlement,
        reason,
        duration_seconds: duration.seconds,
        ...(link.action !== null && { action: link.action }),
        ...(link.evaluationId !== null && { evaluation_id: link.evaluationId }),
        ...(link.returnTo !== null && !returnRefused && { return_to: link.returnTo }),
      },
      { onSuccess: () => keepDraft(personId, entitlement, EMPTY_DRAFT, sessionStorage), onError: showErrors },
    );
  };
  const showErrors = (error: Error) => {
    if (!(error instanceof ApiProblem)) return;
    const messages = messagesByField(error, ['reason', 'duration_seconds', 'return_to']);
    show({ reason: messages.reason, duration: messages.duration_seconds });
    if (messages.return_to !== undefined) setReturnRefused(true);
  };
  const hasReason = form.values.reason.trim() !== '';
  const summary = preview.data === undefined ? null : previewSummary(preview.data, hasReason);
  return {
    form,
    submit,
    send,
    summary,
    previewError: preview.error,
    ceilingSeconds,
    returnRefused,
    /** Known to be in vain, for what the form says right now. */
    refused: summary?.sendable === false && !preview.isPlaceholderData,
  };
}

function usePreview(entitlement: AskedEntitlement, values: RequestDraft) {
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
