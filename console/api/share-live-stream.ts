import type { LiveHint } from './live-hint.ts';
import { openLiveStream, type LiveListener } from './open-live-stream.ts';

const NAME = 'hallpass-live';

type Message =
  | { readonly kind: 'hint'; readonly hint: LiveHint }
  | { readonly kind: 'connected'; readonly connected: boolean }
  /** A tab that has just been opened wants to know how things stand. */
  | { readonly kind: 'ask' };

/**
 * One stream for all tabs of a browser: the tab that holds a lock has it and tells the others; the next one takes over
 * when it is closed. Over HTTP/1.1 a browser has six connections to a server, and a stream in each tab would use them up.
 * Where there are no locks (plain http to another machine) each tab has its own.
 * @returns how to stop
 */
export function shareLiveStream(listener: LiveListener): () => void {
  // Missing outside of secure contexts, whatever its type says.
  const locks = navigator.locks as LockManager | undefined;
  if (locks === undefined) return openLiveStream(listener);
  const channel = new BroadcastChannel(NAME);
  // Unlike that of a window, it reaches this origin alone.
  // eslint-disable-next-line unicorn/require-post-message-target-origin
  const tell = (message: Message) => channel.postMessage(message);
  const abort = new AbortController();
  let isLeading = false;
  let isConnected = false;

  channel.addEventListener('message', ({ data }: MessageEvent<Message>) => {
    if (data.kind === 'hint') listener.hint(data.hint);
    else if (data.kind === 'ask') {
      if (isLeading) tell({ kind: 'connected', connected: isConnected });
    } else if (!isLeading) listener.connected(data.connected);
  });
  tell({ kind: 'ask' });
  locks.request(NAME, { signal: abort.signal }, lead).catch(() => {
    // Stopped before it was this tab's turn.
  });
  return () => {
    abort.abort();
    if (isLeading && isConnected) tell({ kind: 'connected', connected: false });
    channel.close();
  };

  /** @returns a promise for as long as this tab leads */
  function lead(): Promise<void> | undefined {
    if (abort.signal.aborted) return undefined;
    isLeading = true;
    const stop = openLiveStream({
      connected(connected) {
        isConnected = connected;
        listener.connected(connected);
        tell({ kind: 'connected', connected });
      },
      hint(hint) {
        listener.hint(hint);
        tell({ kind: 'hint', hint });
      },
    });
    return new Promise((resolve) => {
      abort.signal.addEventListener('abort', () => {
        stop();
        resolve();
      });
    });
  }
}
