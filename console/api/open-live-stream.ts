import { readLiveHint, type LiveHint } from './live-hint.ts';

export interface LiveListener {
  /** Also called when nothing changed. */
  connected(isConnected: boolean): void;
  hint(hint: LiveHint): void;
}

const FIRST_DELAY_MS = 1_000;
const LAST_DELAY_MS = 30_000;

/**
 * How long to wait before the next try: twice as long each time, and scattered, so that all the consoles of a server
 * that comes back do not come at once.
 * @param failures tries in a row that came to nothing, from 1
 * @param dice between 0 and 1
 */
export function retryDelay(failures: number, dice: number): number {
  return Math.min(LAST_DELAY_MS, FIRST_DELAY_MS * 2 ** (failures - 1)) * (0.5 + dice);
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
