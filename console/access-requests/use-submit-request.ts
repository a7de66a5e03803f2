import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { useNavigate } from 'react-router';
import { submitAccessRequest, type NewAccessRequest } from '../api/access-request.ts';
import { newIdempotencyKey } from '../api/idempotency-key.ts';
import { queryKeys } from '../api/query-keys.ts';

/** Sends one request once: pressing again after a lost answer repeats the same key, changed words get a new one. */
export function useSubmitRequest() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const last = useRef({ body: '', key: '' });
  return useMutation({
    mutationFn: (request: NewAccessRequest) => {
      const body = JSON.stringify(request);
      if (last.current.body !== body) last.current = { body, key: newIdempotencyKey() };
      return submitAccessRequest(request, last.current.key);
    },
    onSuccess: async (created) => {
      client.setQueryData(queryKeys.accessRequest(created.id), created);
      await navigate(`/access-requests/${created.id}`, { replace: true, state: { submitted: true } });
      await client.invalidateQueries({ queryKey: queryKeys.accessRequests });
    },
  });
}
