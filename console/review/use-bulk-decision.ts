import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { createKeyKeeper, type KeyKeeper } from '../api/key-keeper.ts';
import { decideRequests, type BulkDecision } from '../api/review-queue.ts';
import { decideInSteps, type RowOutcome } from './decide-in-steps.ts';

/** Decides many requests; tells how it goes with each. What was not sent can be sent again. */
export function useBulkDecision() {
  const client = useQueryClient();
  const [outcomes, setOutcomes] = useState<ReadonlyMap<string, RowOutcome>>(new Map());
  // One per step: a step whose answer was lost is repeated with its own key.
  const [keepers] = useState(() => new Map<string, KeyKeeper>());
  const mutation = useMutation({
    mutationFn: (decision: BulkDecision) =>
      decideInSteps(
        decision,
        async (step) => {
          const body = JSON.stringify(step);
          const keeper = keepers.get(body) ?? createKeyKeeper();
          keepers.set(body, keeper);
          return decideRequests(step, keeper.keyFor(body));
        },
        (more) => setOutcomes((known) => new Map([...known, ...more])),
      ),
    onSettled: () =>
      client.invalidateQueries({
        predicate: ({ queryKey }) => ['grants', 'access-requests'].includes(String(queryKey[0])),
      }),
  });
  return { outcomes, decide: mutation.mutate, isPending: mutation.isPending };
}
