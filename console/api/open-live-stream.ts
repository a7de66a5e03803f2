import { readLiveHint, type LiveHint } from './live-hint.ts';
import { retryDelay } from './retry-delay.ts';

export interface LiveListener {
  /** Also called when nothing changed. */
  connected(isConnected: boolean): void;
  hint(hint: LiveHint): void;
}

/** `GET /v1/stream`, opened anew whenever it breaks. @returns how to stop */
export function openLiveStream(
  listener: LiveListener,
  open: () => EventSource = () => new EventSource('/v1/stream'),
): () => void {
  let source: EventSource;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  connect();
  return () => {
    clearTimeout(timer);
    source.close();
  };

  function connect(): void {
    source = open();
    source.addEventListener('open', () => {
      failures = 0;
      listener.connected(true);
    });
    source.addEventListener('hint', ({ data }: MessageEvent<string>) => listener.hint(readLiveHint(data)));
    // It would try again by itself after a broken connection, at once and for ever, but not after a refusal.
    source.addEventListener('error', () => {
      source.close();
      failures += 1;
      listener.connected(false);
      timer = setTimeout(connect, retryDelay(failures, Math.random()));
    });
  }
}
