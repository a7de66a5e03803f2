import { createDenialKey, type DenialKey } from '../../core/decision/denial-token.ts';
import { newId } from '../../core/access/ids.ts';
import { EMPTY_REPLICA, stepReplica, type ReplicaState } from '../../core/feed/fact-replica.ts';
import { FeedDecoder } from '../../core/feed/feed-decoder.ts';
import type { FeedMessage } from '../../core/feed/feed-message.ts';
import { waitUntil } from './wait-until.ts';

export interface FeedReader {
  readonly instance: string;
  readonly key: DenialKey;
  readonly messages: readonly FeedMessage[];
  /** Set when the replica refused a message. */
  readonly resync: string | null;
  readonly ended: boolean;
  state(): ReplicaState;
  until(condition: (state: ReplicaState) => boolean): Promise<void>;
  applied(): Promise<Response>;
  close(): void;
}

/** Reads the feed as a sidecar does, through the same replica rules, and keeps every message for looking at. */
export async function openFeed(
  url: string,
  token: string,
  options: { resources?: readonly string[]; epoch?: string; revision?: number; mark?: string; publicUrl?: string } = {},
): Promise<FeedReader> {
  const instance = newId('sidecar');
  const key = await createDenialKey();
  const resources = options.resources ?? ['*'];
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const registered = await fetch(`${url}/feed/v1/sidecars/${instance}`, {
    method: 'PUT',
    headers,
    body: JSON.stringify({
      public_url: options.publicUrl ?? 'http://proxy.test',
      resources,
      denial_key: key.publicJwk,
      policy_revision: null,
      version: 'test',
    }),
  });
  if (registered.status !== 204) throw new Error(`not registered: ${registered.status} ${await registered.text()}`);
  const query = new URLSearchParams({ instance, resources: resources.join(',') });
  if (options.epoch !== undefined) query.set('epoch', options.epoch);
  if (options.revision !== undefined) query.set('revision', String(options.revision));
  if (options.mark !== undefined) query.set('mark', options.mark);
  const stop = new AbortController();
  const response = await fetch(`${url}/feed/v1/stream?${query}`, { headers, signal: stop.signal });
  if (response.status !== 200) throw new Error(`no feed: ${response.status} ${await response.text()}`);

  const messages: FeedMessage[] = [];
  let state = EMPTY_REPLICA;
  let resync: string | null = null;
  let ended = false;
  const decoder = new FeedDecoder();
  const take = (line: string) => {
    const message = decoder.decode(line);
    messages.push(message);
    // A caller on the tail has no facts here; it looks at the messages instead.
    if (options.epoch !== undefined) return;
    const step = stepReplica(state, message);
    if ('resync' in step) resync = step.resync;
    else state = step.state;
  };
  void readLines(response, take).finally(() => {
    ended = true;
  });
  return {
    instance,
    key,
    messages,
    get resync() {
      return resync;
    },
    get ended() {
      return ended;
    },
    state: () => state,
    until: async (condition) => void (await waitUntil('the replica', () => condition(state))),
    applied: () =>
      fetch(`${url}/feed/v1/sidecars/${instance}/applied`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ epoch: state.epoch, revision: state.revision, clock_skew_ms: -1_500 }),
      }),
    close: () => stop.abort(),
  };
}

async function readLines(response: Response, take: (line: string) => void): Promise<void> {
  let rest = '';
  const decoder = new TextDecoder();
  try {
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) take(line);
    }
  } catch {
    // Closed by the test.
  }
}
