import { useMutation, useQueryClient } from '@tanstack/react-query';
import { approveAccessRequest, denyAccessRequest, type Approval } from '../api/access-request.ts';
import { queryKeys } from '../api/query-keys.ts';

export type Decision =
  | { readonly verdict: 'approve'; readonly approval: Approval }
  | { readonly verdict: 'deny'; readonly reason: string };

/** Sends a review. Whatever comes of it, also a refusal, what is shown is read again from the server. */
export function useDecision(requestId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (decision: Decision) =>
      decision.verdict === 'approve'
        ? approveAccessRequest(requestId, decision.approval)
        : denyAccessRequest(requestId, decision.reason),
    onSuccess: ({ request }) => client.setQueryData(queryKeys.accessRequest(requestId), request),
    onSettled: () => client.invalidateQueries({ queryKey: ['access-requests'] }),
  });
}
