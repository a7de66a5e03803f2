import { useMutation, useQueryClient } from '@tanstack/react-query';
import { markAllNotificationsRead, markNotificationRead } from '../api/notification.ts';
import { queryKeys } from '../api/query-keys.ts';

/** Marks one notification as read; what is shown is then read again from the server. */
export function useMarkRead() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: markNotificationRead,
    onSettled: () => client.invalidateQueries({ queryKey: queryKeys.notifications }),
  });
}

/** The same for all of them. */
export function useMarkAllRead() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: markAllNotificationsRead,
    onSettled: () => client.invalidateQueries({ queryKey: queryKeys.notifications }),
  });
}
