import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';

/** At the end the server is asked what holds now. */
export function useRefreshAtEnd(over: boolean): void {
  const client = useQueryClient();
  useEffect(() => {
    if (over)
      void client.invalidateQueries({
        predicate: ({ queryKey }) => ['me', 'grants', 'access-requests'].includes(String(queryKey[0])),
      });
  }, [over, client]);
}
