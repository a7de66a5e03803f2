import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiProblem, isSignedOut } from './api-problem.ts';
import { queryKeys } from './query-keys.ts';

/** Answers below 500 are final; asking again would give the same. */
function isWorthRetrying(failures: number, error: Error): boolean {
  const final = error instanceof ApiProblem && error.status >= 400 && error.status < 500;
  return !final && failures < 2;
}

/** What is shown is what the server said: short-lived answers, no optimistic changes, writes sent once. */
export function createQueryClient(): QueryClient {
  const askWhoIsSignedIn = (error: Error, key?: readonly unknown[]) => {
    const isMe = key?.[0] === queryKeys.me[0];
    if (isSignedOut(error) && !isMe) void client.invalidateQueries({ queryKey: queryKeys.me });
  };
  const client = new QueryClient({
    queryCache: new QueryCache({ onError: (error, query) => askWhoIsSignedIn(error, query.queryKey) }),
    mutationCache: new MutationCache({ onError: (error) => askWhoIsSignedIn(error) }),
    defaultOptions: {
      // `always`: a console on 127.0.0.1 works without any network that the browser would call online.
      queries: { staleTime: 2_000, retry: isWorthRetrying, networkMode: 'always' },
      mutations: { retry: false, networkMode: 'always' },
    },
  });
  return client;
}
