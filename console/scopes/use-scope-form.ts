import { randomId } from '@mantine/hooks';
import type { Scope } from '../api/scope.ts';
import { useSettingsForm } from '../elements/use-settings-form.ts';
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
  const state = useSettingsForm({
    initial,
    read: readScopeDraft,
    save: useSaveScope(isNew),
    errorsOf: scopeErrors,
    onSaved,
  });
  return {
    ...state,
    addRule: () => {
      state.form.clearFieldError('rules');
      state.form.insertListItem('rules', newRule());
    },
    removeRule: (place: number) => state.form.removeListItem('rules', place),
  };
}

function newRule(): RuleRow {
  return { key: randomId(), level: 'connection', id: '', fresh: true };
}
