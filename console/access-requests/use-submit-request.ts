import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { submitAccessRequest } from '../api/access-request.ts';
import { queryKeys } from '../api/query-keys.ts';
import { useRepeatable } from '../api/use-repeatable.ts';
import { thingsBody, type Things } from './asked-things.ts';
import type { RequestBody } from './read-request.ts';

type Submission = RequestBody & {
  readonly things: Things;
  readonly action?: string;
  readonly evaluation_id?: string;
  readonly return_to?: string;
};

/** How the page of a request knows how somebody came to it. */
export interface ArrivedFromForm {
  readonly submitted: true;
  /** An equal one was waiting already; this is that one. */
  readonly joined: boolean;
}

/** Sends one request once, also when the button is pressed again after a lost answer. */
export function useSubmitRequest() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const submit = useRepeatable(submitAccessRequest);
  return useMutation({
    mutationFn: ({ things, ...rest }: Submission) => submit({ ...thingsBody(things), ...rest }),
    onSuccess: async (created) => {
      client.setQueryData(queryKeys.accessRequest(created.id), created);
      const state: ArrivedFromForm = { submitted: true, joined: created.joined === true };
      await navigate(`/access-requests/${created.id}`, { replace: true, state });
      await client.invalidateQueries({
        predicate: ({ queryKey }) => ['me', 'grants', 'access-requests'].includes(String(queryKey[0])),
      });
    },
  });
}
