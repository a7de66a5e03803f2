import { randomId } from '@mantine/hooks';
import type { Resource } from '../api/resource.ts';
import { useSettingsForm } from '../elements/use-settings-form.ts';
import { readResourceDraft, type ResourceDraft } from './resource-draft.ts';
import { resourceErrors } from './resource-errors.ts';
import { useSaveResource } from './use-save-resource.ts';

interface ResourceFormOptions {
  readonly initial: ResourceDraft;
  readonly isNew: boolean;
  readonly onSaved?: (resource: Resource) => unknown;
}

/** The form of a resource, without its looks. */
export function useResourceForm({ initial, isNew, onSaved }: ResourceFormOptions) {
  const state = useSettingsForm({
    initial,
    read: readResourceDraft,
    save: useSaveResource(isNew),
    errorsOf: resourceErrors,
    onSaved,
  });
  return {
    ...state,
    addConnection: () => state.form.insertListItem('connections', { key: randomId(), id: '', fresh: true }),
    removeConnection: (place: number) => state.form.removeListItem('connections', place),
  };
}
