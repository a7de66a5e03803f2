import { useMutation, useQueryClient } from '@tanstack/react-query';
import {
  putNotificationPolicy,
  putSlackRoutes,
  type PolicyChange,
  type SlackRoutes,
} from '../api/notification-policy.ts';
import { queryKeys } from '../api/query-keys.ts';
import { useRepeatable } from '../api/use-repeatable.ts';

interface PolicySave {
  /** null: nothing to change. */
  readonly change: PolicyChange | null;
  readonly routing: SlackRoutes | null;
}

/** Sends what was changed; what is shown afterwards is what the server answered. */
export function useSavePolicy() {
  const client = useQueryClient();
  const sendPolicy = useRepeatable(putNotificationPolicy);
  const sendRoutes = useRepeatable(putSlackRoutes);
  return useMutation({
    mutationFn: async ({ change, routing }: PolicySave) => {
      if (change !== null) client.setQueryData(queryKeys.notificationPolicy, await sendPolicy(change));
      if (routing !== null) client.setQueryData(queryKeys.slackRoutes, await sendRoutes(routing));
    },
    onSettled: () => client.invalidateQueries({ queryKey: queryKeys.notificationPolicy }),
  });
}
