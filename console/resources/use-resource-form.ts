import { useForm } from '@mantine/form';
import { randomId } from '@mantine/hooks';
import { useState } from 'react';
import { ApiProblem } from '../api/api-problem.ts';
import type { Resource } from '../api/resource.ts';
import { focusFirstError } from '../elements/focus-first-error.ts';
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
  const [saved, setSaved] = useState(false);
  const form = useForm<ResourceDraft>({
    mode: 'controlled',
    initialValues: initial,
    onValuesChange: () => setSaved(false),
  });
  const save = useSaveResource(isNew);
  const show = (errors: Readonly<Record<string, string>>) => {
    form.setErrors(errors);
    focusFirstError(errors);
  };
  const send = () => {
    const read = readResourceDraft(form.values);
    show(read.ok ? {} : read.errors);
    if (!read.ok) return;
    setSaved(false);
    save.mutate(
      { ref: read.ref, body: read.body },
      {
        onSuccess: (resource) => {
          setSaved(true);
          void onSaved?.(resource);
        },
        onError: (error) => {
          if (error instanceof ApiProblem) show(resourceErrors(error));
        },
      },
    );
  };
  return {
    form,
    save,
    saved,
    send,
    addConnection: () => form.insertListItem('connections', { key: randomId(), id: '', fresh: true }),
    removeConnection: (place: number) => form.removeListItem('connections', place),
  };
}
