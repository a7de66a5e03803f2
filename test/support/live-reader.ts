import { waitUntil } from './wait-until.ts';

export interface SeenHint {
  readonly topic: string;
  readonly id: string | null;
}

/** A page's stream of hints. */
export interface LiveReader {
  readonly status: number;
  readonly headers: Headers;
  /** All that came, as it came. */
  text(): string;
  hints(): SeenHint[];
  readonly ended: () => boolean;
  waitFor(topic: string, id?: string | null): Promise<void>;
  close(): void;
}

/** Opens `GET /v1/stream` and reads along. A refusal is a reader that has ended, with the problem for its text. */
export async function readLive(url: string, headers: Record<string, string>): Promise<LiveReader> {
  const abort = new AbortController();
  const response = await fetch(`${url}/v1/stream`, { headers, signal: abort.signal });
  let text = '';
  let ended = false;
  const reading = async () => {
    const decoder = new TextDecoder();
    for await (const chunk of response.body!) text += decoder.decode(chunk as Uint8Array, { stream: true });
  };
  reading()
    .catch(() => {})
    .finally(() => {
      ended = true;
    });
  const hints = () =>
    [...text.matchAll(/^event: hint\ndata: (.*)\n\n/gm)].map(([, data]) => JSON.parse(data as string) as SeenHint);
  return {
    status: response.status,
    headers: response.headers,
    text: () => text,
    hints,
    ended: () => ended,
    async waitFor(topic, id) {
      await waitUntil(`a hint of ${topic} ${id ?? ''}, after ${text}`, () =>
        hints().some((hint) => hint.topic === topic && (id === undefined || hint.id === id)),
      );
    },
    close: () => abort.abort(),
  };
}
