import { Stack, Textarea } from '@mantine/core';
import type { Grant } from '../api/grant.ts';
import { DurationField } from '../elements/duration-field.tsx';
import { formatDuration } from '../time/format-duration.ts';
import { formatTime } from '../time/format-time.ts';
import { offeredDuration } from './read-request.ts';
import { reasonFits } from './reason-check.ts';
import { StartField } from './start-field.tsx';
import type { useRequestForm } from './use-request-form.ts';

interface RequestFieldsProps {
  readonly request: ReturnType<typeof useRequestForm>;
  readonly emergency: boolean;
  readonly extended: Grant | null;
}

export function RequestFields({ request, emergency, extended }: RequestFieldsProps) {
  const { form, previews } = request;
  const { ceilingSeconds } = previews.terms;
  return (
    <Stack gap="lg">
      <ReasonField request={request} />
      <DurationField
        label={durationLabel(emergency, extended)}
        withUntil
        value={offeredDuration(form.values.duration, ceilingSeconds)}
        onChange={(duration) => form.setFieldValue('duration', duration)}
        ceilingSeconds={ceilingSeconds}
        {...(extended !== null && ceilingSeconds !== null && { ceilingWords: moreWords(extended, ceilingSeconds) })}
        {...(emergency &&
          ceilingSeconds !== null && {
            ceilingWords: `Emergency access lasts ${formatDuration(ceilingSeconds)} at the most.`,
          })}
        error={(form.errors.duration as string | undefined) ?? null}
      />
      {!emergency && extended === null && (
        <StartField
          value={form.values.startsAt}
          onChange={(startsAt) => form.setFieldValue('startsAt', startsAt)}
          error={form.errors.startsAt as string | undefined}
        />
      )}
    </Stack>
  );
}

function durationLabel(emergency: boolean, extended: Grant | null): string {
  if (extended !== null) return 'How much longer';
  return emergency ? 'For how long' : 'Duration';
}

function moreWords({ expires_at: end }: Grant, seconds: number): string {
  if (seconds === 0 || end === null) return 'It lasts as long already as the policy allows.';
  return `The policy allows it until ${formatTime(new Date(Date.parse(end) + seconds * 1_000).toISOString())} at the most.`;
}

/** Says while it is written whether what the policy wants is in it. */
function ReasonField({ request: { form, previews } }: Pick<RequestFieldsProps, 'request'>) {
  const { reasonPattern } = previews.terms;
  const prompt = previews.each.find(({ preview }) => preview?.reason_prompt != null)?.preview?.reason_prompt;
  const fits = reasonPattern === null ? null : reasonFits(form.values.reason, reasonPattern.pattern);
  const { error, ...input } = form.getInputProps('reason') as ReturnType<typeof form.getInputProps>;
  return (
    <Textarea
      label="Reason"
      description={
        <>
          {prompt ?? 'What do you need it for?'} Reviewers read this, and it is kept in the audit log.
          {reasonPattern !== null && (
            <output>
              {fits === true
                ? ' What has to be in it is there.'
                : ` It has to hold something like ${reasonPattern.example}.`}
            </output>
          )}
        </>
      }
      withAsterisk
      autosize
      minRows={3}
      maxRows={12}
      maxLength={2_000}
      data-field="reason"
      {...input}
      error={error}
    />
  );
}
