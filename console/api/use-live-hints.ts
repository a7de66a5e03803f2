import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { concerns, type LiveHint } from './live-hint.ts';
import { liveState } from './live-state.ts';
import { queryKeys } from './query-keys.ts';
import { shareLiveStream } from './share-live-stream.ts';

/** An approval makes several hints; what they are about is read once. */
const GATHER_MS = 30;

const ALL: readonly LiveHint[] = (['notifications', 'access-requests', 'grants'] as const).map((topic) => ({
  topic,
  id: null,
}));

/** Reads again what the server says has changed. Once in the whole console, where somebody is signed in. */
export function useLiveHints(): void {
  const client = useQueryClient();
  useEffect(() => {
    const gather = gatherHints(client);
    const stop = shareLiveStream({
      hint: (hint) => gather([hint]),
      connected(isConnected) {
        if (isConnected === liveState.get()) return;
        liveState.set(isConnected);
        // What happened while nobody told; or why nobody does any more: it may be that the session is over.
        if (isConnected) gather(ALL);
        else void client.invalidateQueries({ queryKey: queryKeys.me });
      },
    });
    return () => {
      stop();
      liveState.set(false);
    };
  }, [client]);
}

function gatherHints(client: QueryClient): (hints: readonly LiveHint[]) => void {
  let gathered: LiveHint[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const readAgain = () => {
    const hints = gathered;
    gathered = [];
    timer = undefined;
    void client.invalidateQueries({ predicate: ({ queryKey }) => hints.some((hint) => concerns(hint, queryKey)) });
  };
  return (hints) => {
    gathered.push(...hints);
    // Timers of a tab that nobody looks at may wait for a minute.
    if (document.visibilityState === 'hidden') readAgain();
    else timer ??= setTimeout(readAgain, GATHER_MS);
  };
}
