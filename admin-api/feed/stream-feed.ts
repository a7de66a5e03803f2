import type { Response } from 'express';
import { encodeFeedMessage, FEED_PROTOCOL, type FeedMessage } from '../../core/feed/feed-message.ts';
import { concernsSidecar } from './feed-filter.ts';
import type { FeedChange } from './feed-hub.ts';
import type { FeedParts } from './feed-parts.ts';
import { readSnapshot } from './read-snapshot.ts';

/** Unsent bytes above which a sidecar counts as stuck and is cut off; it comes back and resyncs. */
const MAX_UNSENT_BYTES = 64 * 1024 * 1024;
/** Facts written before the event loop gets a turn: a snapshot must not hold up everybody else's changes. */
const FACTS_PER_TURN = 2_000;

export interface FeedStream {
  readonly instance: string;
  readonly resources: readonly string[];
  readonly epoch?: string | undefined;
  readonly revision?: number | undefined;
}

/** Serves one sidecar until it goes: hello, a snapshot or the tail, then changes as they are committed, and heartbeats. */
export async function streamFeed(parts: FeedParts, response: Response, stream: FeedStream): Promise<void> {
  const { hub, registry, clock, heartbeatIntervalMs } = parts;
  const early: FeedChange[] = [];
  let sent: number | null = null;

  const write = (message: FeedMessage) => {
    response.write(encodeFeedMessage(message));
    if (response.writableLength > MAX_UNSENT_BYTES) response.destroy();
  };
  const sendChange = ({ revision, facts }: FeedChange) => {
    if (sent === null || revision <= sent) return;
    sent = revision;
    write({ type: 'change', revision, facts: facts.filter((fact) => concernsSidecar(fact, stream.resources)) });
  };
  // Subscribed before the database is read, so that nothing can fall between the snapshot and the first change.
  const unsubscribe = hub.subscribe({
    change: (change) => (sent === null ? void early.push(change) : sendChange(change)),
    end: () => response.destroy(),
  });
  const heartbeat = setInterval(() => {
    if (sent === null) return;
    write({ type: 'heartbeat', revision: sent, server_time: clock() });
    void registry.report(stream.instance, null);
  }, heartbeatIntervalMs);
  response.on('close', () => {
    unsubscribe();
    clearInterval(heartbeat);
    registry.disconnected(stream.instance).catch(() => {});
  });

  response
    .status(200)
    .set({ 'content-type': 'application/x-ndjson', 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
  response.flushHeaders();
  const tail = await readTail(parts, stream);
  const hello = {
    type: 'hello',
    protocol: FEED_PROTOCOL,
    server_time: clock(),
    heartbeat_interval_ms: heartbeatIntervalMs,
  } as const;
  if (tail === null) {
    const { epoch, revision, facts } = await readSnapshot(parts.knex);
    write({ ...hello, epoch, mode: 'snapshot', revision });
    await writeSnapshot(response, write, {
      epoch,
      revision,
      facts: facts.filter((fact) => concernsSidecar(fact, stream.resources)),
    });
    sent = revision;
  } else {
    sent = stream.revision ?? 0;
    write({ ...hello, epoch: tail.epoch, mode: 'tail', revision: tail.changes.at(-1)?.revision ?? sent });
    for (const change of tail.changes) sendChange(change);
  }
  for (const change of early) sendChange(change);
  write({ type: 'heartbeat', revision: sent, server_time: clock() });
}

/** The changes a sidecar has missed; null when it must have a snapshot: another history, or too long ago. */
async function readTail(
  { knex }: FeedParts,
  stream: FeedStream,
): Promise<{ epoch: string; changes: FeedChange[] } | null> {
  if (stream.epoch === undefined || stream.revision === undefined) return null;
  const head = await knex('feed_head').first<{ epoch: string; revision: number }>('epoch', 'revision');
  if (head === undefined || head.epoch !== stream.epoch || stream.revision > head.revision) return null;
  const changes: FeedChange[] = await knex('feed_changes')
    .select('revision', 'facts')
    .where('revision', '>', stream.revision)
    .orderBy('revision')
    .limit(10_000);
  const isWhole = changes.every((change, index) => change.revision === (stream.revision as number) + 1 + index);
  const reachesHead = (changes.at(-1)?.revision ?? stream.revision) >= head.revision;
  return isWhole && reachesHead ? { epoch: head.epoch, changes } : null;
}

async function writeSnapshot(
  response: Response,
  write: (message: FeedMessage) => void,
  snapshot: { epoch: string; revision: number; facts: Awaited<ReturnType<typeof readSnapshot>>['facts'] },
): Promise<void> {
  const { epoch, revision, facts } = snapshot;
  write({ type: 'snapshot-begin', epoch, revision });
  for (let start = 0; start < facts.length && !response.destroyed; start += FACTS_PER_TURN) {
    response.write(
      facts
        .slice(start, start + FACTS_PER_TURN)
        .map((fact) => encodeFeedMessage({ type: 'fact', fact }))
        .join(''),
    );
    await drained(response);
  }
  write({ type: 'snapshot-end', epoch, revision, facts: facts.length });
}

/** Lets the socket take what was written, and the event loop turn. */
function drained(response: Response): Promise<void> {
  return new Promise((resolve) => {
    if (response.writableNeedDrain && !response.destroyed) {
      const done = () => {
        response.off('drain', done).off('close', done);
        resolve();
      };
      response.once('drain', done).once('close', done);
    } else setImmediate(resolve);
  });
}
