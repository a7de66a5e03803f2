import { useSyncExternalStore } from 'react';

/** What is told at once is asked for only in case that a hint was lost. */
const SAFETY_POLL_MS = 30_000;

let connected = false;
const watchers = new Set<() => void>();

/** Whether the server tells this console what changed. */
export const liveState = {
  get: () => connected,
  set(isConnected: boolean): void {
    connected = isConnected;
    for (const watcher of watchers) watcher();
  },
  watch(watcher: () => void): () => void {
    watchers.add(watcher);
    return () => void watchers.delete(watcher);
  },
};

export function useIsLive(): boolean {
  return useSyncExternalStore(liveState.watch, liveState.get);
}

/** How often to ask, ms: `whileAwayMs` until the server tells by itself, then seldom. */
export function useFallbackPoll(whileAwayMs: number): number {
  return useIsLive() ? Math.max(whileAwayMs, SAFETY_POLL_MS) : whileAwayMs;
}
