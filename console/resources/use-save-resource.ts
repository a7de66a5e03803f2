import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import type { ResourceRef } from '../../core/access/resource.ts';
import { ApiProblem, isProblem } from '../api/api-problem.ts';
import { queryKeys } from '../api/query-keys.ts';
import { getResource, putResource, type ResourceBody } from '../api/resource.ts';
import { useRepeatable } from '../api/use-repeatable.ts';

interface Save {
  readonly ref: ResourceRef;
  readonly body: ResourceBody;
}

/** @param isNew the API would replace a resource of the same id, so a new one is sent only where there is none */
export function useSaveResource(isNew: boolean) {
  const client = useQueryClient();
  const sentWith = useRef('');
  const save = useRepeatable(async ({ ref, body }: Save, key) => {
    // Pressed again after a lost answer: what is there may be our own.
    if (isNew && sentWith.current !== key) await assertFree(ref);
    sentWith.current = key;
    return putResource(ref, body, key);
  });
  return useMutation({
    mutationFn: save,
    onSuccess: async (resource) => {
      client.setQueryData(queryKeys.resource(resource.type, resource.id), resource);
      await client.invalidateQueries({ queryKey: queryKeys.resources });
    },
  });
}

async function assertFree(ref: ResourceRef): Promise<void> {
  const taken = await getResource(ref).then(
    () => true,
    (error: unknown) => {
      // An id that can't be one is the server's to refuse, with the rest of what is wrong.
      if (isProblem(error, 'not-found', 'invalid-request')) return false;
      throw error;
    },
  );
  if (!taken) return;
  const message = `There is ${ref.type}:${ref.id} already.`;
  throw new ApiProblem(409, {
    code: 'already-exists',
    title: 'There already',
    detail: `${message} Nothing was changed.`,
    errors: [{ field: 'id', message }],
  });
}
