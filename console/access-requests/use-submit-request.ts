import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { submitAccessRequest } from '../api/access-request.ts';
import { queryKeys } from '../api/query-keys.ts';
import { useRepeatable } from '../api/use-repeatable.ts';

/** Sends one request once, also when the button is pressed again after a lost answer. */
export function useSubmitRequest() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const submit = useRepeatable(submitAccessRequest);
  return useMutation({
    mutationFn: submit,
    onSuccess: async (created) => {
      client.setQueryData(queryKeys.accessRequest(created.id), created);
      await navigate(`/access-requests/${created.id}`, { replace: true, state: { submitted: true } });
      await client.invalidateQueries({ queryKey: queryKeys.accessRequests });
    },
  });
}
