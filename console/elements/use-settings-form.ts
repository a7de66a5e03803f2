import { useForm } from '@mantine/form';
import type { UseMutationResult } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiProblem } from '../api/api-problem.ts';
import { focusFirstError } from './focus-first-error.ts';
import type { FieldErrors, ReadForm } from './read-form.ts';

interface SettingsFormOptions<Draft, Sent, Saved> {
  readonly initial: Draft;
  readonly read: (draft: Draft) => ReadForm<Sent>;
  readonly save: UseMutationResult<Saved, Error, Sent>;
  /** What the server refused, by the form's fields. */
  readonly errorsOf: (problem: ApiProblem) => FieldErrors;
  readonly onSaved?: ((saved: Saved) => unknown) | undefined;
}

/** A form whose values are drafts: read, sent, and every refusal shown at its field, of which the first takes the focus. */
export function useSettingsForm<Draft extends Record<string, unknown>, Sent, Saved>(
  options: SettingsFormOptions<Draft, Sent, Saved>,
) {
  const { initial, read, save, errorsOf, onSaved } = options;
  const [saved, setSaved] = useState(false);
  const form = useForm<Draft>({
    mode: 'controlled',
    initialValues: initial,
    onValuesChange: () => setSaved(false),
  });
  const show = (errors: FieldErrors) => {
    form.setErrors(errors);
    focusFirstError(errors);
  };
  const send = () => {
    const result = read(form.values);
    show(result.ok ? {} : result.errors);
    if (!result.ok) return;
    setSaved(false);
    save.mutate(result, {
      onSuccess: (answer) => {
        setSaved(true);
        void onSaved?.(answer);
      },
      onError: (error) => {
        if (error instanceof ApiProblem) show(errorsOf(error));
      },
    });
  };
  return { form, save, saved, send };
}
