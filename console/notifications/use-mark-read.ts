import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { getUnreadPage, markNotificationRead } from '../api/notification.ts';
import { queryKeys } from '../api/query-keys.ts';
import { markAllRead } from './mark-all-read.ts';

/** Marks one notification as read; what is shown is then read again from the server. */
export function useMarkRead() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: markNotificationRead,
    onSettled: () => client.invalidateQueries({ queryKey: queryKeys.notifications }),
  });
}

/** The same for all of them, with how many are done. */
export function useMarkAllRead() {
  const client = useQueryClient();
  const [done, setDone] = useState(0);
  const mutation = useMutation({
    mutationFn: () => markAllRead({ getUnreadPage, markRead: markNotificationRead }, setDone),
    onMutate: () => setDone(0),
    onSettled: () => client.invalidateQueries({ queryKey: queryKeys.notifications }),
  });
  return { ...mutation, done };
}
