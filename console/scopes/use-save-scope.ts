import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { ApiProblem, isProblem } from '../api/api-problem.ts';
import { queryKeys } from '../api/query-keys.ts';
import { getScope, putScope, type ScopeBody } from '../api/scope.ts';
import { useRepeatable } from '../api/use-repeatable.ts';

interface Save {
  readonly id: string;
  readonly body: ScopeBody;
}

/** @param isNew the API would replace a Scope of the same id, so a new one is sent only where there is none */
export function useSaveScope(isNew: boolean) {
  const client = useQueryClient();
  const sentWith = useRef('');
  const save = useRepeatable(async ({ id, body }: Save, key) => {
    // Pressed again after a lost answer: what is there may be our own.
    if (isNew && sentWith.current !== key) await assertFree(id);
    sentWith.current = key;
    return putScope(id, body, key);
  });
  return useMutation({
    mutationFn: save,
    onSuccess: async (scope) => {
      client.setQueryData(queryKeys.scope(scope.id), scope);
      await client.invalidateQueries({ queryKey: queryKeys.scopePages });
      await client.invalidateQueries({ queryKey: queryKeys.scopes });
    },
  });
}

async function assertFree(id: string): Promise<void> {
  const taken = await getScope(id).then(
    () => true,
    (error: unknown) => {
      if (isProblem(error, 'not-found')) return false;
      throw error;
    },
  );
  if (!taken) return;
  const message = `There is a Scope ${id} already.`;
  throw new ApiProblem(409, {
    code: 'already-exists',
    title: 'There already',
    detail: `${message} Nothing was changed.`,
    errors: [{ field: 'id', message }],
  });
}
