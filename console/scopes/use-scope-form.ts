import { useForm } from '@mantine/form';
import { randomId } from '@mantine/hooks';
import { useState } from 'react';
import { ApiProblem } from '../api/api-problem.ts';
import type { Scope } from '../api/scope.ts';
import { focusFirstError } from '../elements/focus-first-error.ts';
import { readScopeDraft, type RuleRow, type ScopeDraft } from './scope-draft.ts';
import { scopeErrors } from './scope-errors.ts';
import { useSaveScope } from './use-save-scope.ts';

interface ScopeFormOptions {
  readonly initial: ScopeDraft;
  readonly isNew: boolean;
  readonly onSaved?: (scope: Scope) => unknown;
}

/** The form of a Scope, without its looks. */
export function useScopeForm({ initial, isNew, onSaved }: ScopeFormOptions) {
  const [saved, setSaved] = useState(false);
  const form = useForm<ScopeDraft>({
    mode: 'controlled',
    initialValues: initial,
    onValuesChange: () => setSaved(false),
  });
  const save = useSaveScope(isNew);
  const show = (errors: Readonly<Record<string, string>>) => {
    form.setErrors(errors);
    focusFirstError(errors);
  };
  const send = () => {
    const read = readScopeDraft(form.values);
    show(read.ok ? {} : read.errors);
    if (!read.ok) return;
    setSaved(false);
    save.mutate(
      { id: read.id, body: read.body },
      {
        onSuccess: (scope) => {
          setSaved(true);
          void onSaved?.(scope);
        },
        onError: (error) => {
          if (error instanceof ApiProblem) show(scopeErrors(error));
        },
      },
    );
  };
  return {
    form,
    save,
    saved,
    send,
    addRule: () => {
      form.clearFieldError('rules');
      form.insertListItem('rules', newRule());
    },
    removeRule: (place: number) => form.removeListItem('rules', place),
  };
}

function newRule(): RuleRow {
  return { key: randomId(), level: 'connection', id: '', fresh: true };
}
