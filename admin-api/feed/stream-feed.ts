import type { Response } from 'express';
import { FeedEncoder } from '../../core/feed/feed-encoder.ts';
import { FEED_PROTOCOL, type FeedMessage } from '../../core/feed/feed-message.ts';
import { concernsSidecar } from './feed-filter.ts';
import type { FeedChange } from './feed-hub.ts';
import type { FeedParts } from './feed-parts.ts';
import { readFeedHead, readSnapshot, type Snapshot } from './read-snapshot.ts';

/** Unsent bytes above which a sidecar counts as stuck and is cut off; it comes back and resyncs. */
const MAX_UNSENT_BYTES = 64 * 1024 * 1024;
/** Facts written before the event loop gets a turn: a snapshot must not hold up everybody else's changes. */
const FACTS_PER_TURN = 2_000;
/** A sidecar that has missed more gets a snapshot. */
const MAX_TAIL = 10_000;

export interface FeedStream {
  readonly instance: string;
  readonly resources: readonly string[];
  readonly epoch?: string | undefined;
  readonly revision?: number | undefined;
  readonly mark?: string | undefined;
}

/** Serves one sidecar until it goes: hello, a snapshot or the tail, then changes as they are committed, and heartbeats. */
export async function streamFeed(parts: FeedParts, response: Response, stream: FeedStream): Promise<void> {
  const { hub, registry, clock, heartbeatIntervalMs } = parts;
  const encoder = new FeedEncoder();
  const early: FeedChange[] = [];
  let sent: { readonly revision: number; readonly mark: string } | null = null;

  const write = (message: FeedMessage) => {
    response.write(encoder.encode(message));
    if (response.writableLength > MAX_UNSENT_BYTES) response.destroy();
  };
  const sendChange = ({ revision, after, mark, facts }: FeedChange) => {
    if (sent === null || revision <= sent.revision) return;
    sent = { revision, mark };
    const own = facts.filter((fact) => concernsSidecar(fact, stream.resources));
    write({ type: 'change', revision, after, mark, facts: own });
  };
  // What the hub has read until then has been sent or lies in `early`, so nothing newer was there as of that moment. A
  // control plane that can't read its database goes on beating and confirms nothing.
  const beat = () => {
    if (sent !== null) write({ type: 'heartbeat', ...sent, as_of: hub.readAtMs, server_time: clock() });
  };
  // Subscribed before the database is read, so that nothing can fall between the snapshot and the first change.
  const unsubscribe = hub.subscribe({
    change: (change) => (sent === null ? void early.push(change) : sendChange(change)),
    end: () => response.destroy(),
  });
  const heartbeat = setInterval(() => {
    if (sent === null) return;
    beat();
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
    const asOf = clock();
    const { facts, ...head } = await readSnapshot(parts.knex);
    const own = facts.filter((fact) => concernsSidecar(fact, stream.resources));
    write({ ...hello, epoch: head.epoch, mode: 'snapshot', revision: head.revision });
    await writeSnapshot(response, encoder, { ...head, asOf, facts: own });
    sent = { revision: head.revision, mark: head.mark };
  } else {
    sent = tail.from;
    const head = tail.changes.at(-1)?.revision ?? sent.revision;
    write({ ...hello, epoch: tail.epoch, mode: 'tail', revision: head });
    for (const change of tail.changes) sendChange(change);
  }
  for (const change of early) sendChange(change);
  beat();
}

interface Tail {
  readonly epoch: string;
  /** Where the sidecar stands. */
  readonly from: { readonly revision: number; readonly mark: string };
  readonly changes: readonly FeedChange[];
}

/** The changes a sidecar has missed; null when it must have a snapshot: another history, or too long ago. */
async function readTail({ knex, hub }: FeedParts, stream: FeedStream): Promise<Tail | null> {
  const { epoch, revision, mark } = stream;
  if (epoch === undefined || revision === undefined || mark === undefined) return null;
  const head = await readFeedHead(knex);
  if (head.epoch !== epoch) return null;
  const changes: FeedChange[] = await knex('feed_changes')
    .select('revision', 'after', 'mark', 'facts')
    .where('revision', '>', revision)
    .orderBy('revision')
    .limit(MAX_TAIL);
  const isForeign = revision >= head.revision && (revision > head.revision || mark !== head.mark);
  if (isForeign || (changes[0]?.revision === revision + 1 && changes[0].after !== mark)) {
    hub.noteForeign(stream.instance, { revision });
    return null;
  }
  const isWhole = changes.every((change, index) => change.revision === revision + 1 + index);
  const reachesHead = (changes.at(-1)?.revision ?? revision) >= head.revision;
  return isWhole && reachesHead ? { epoch, from: { revision, mark }, changes } : null;
}

async function writeSnapshot(
  response: Response,
  encoder: FeedEncoder,
  snapshot: Snapshot & { readonly asOf: number },
): Promise<void> {
  const { epoch, revision, mark, asOf, facts } = snapshot;
  response.write(encoder.encode({ type: 'snapshot-begin', epoch, revision, mark, as_of: asOf }));
  for (let start = 0; start < facts.length && !response.destroyed; start += FACTS_PER_TURN) {
    response.write(
      facts
        .slice(start, start + FACTS_PER_TURN)
        .map((fact) => encoder.encode({ type: 'fact', fact }))
        .join(''),
    );
    await drained(response);
  }
  response.write(encoder.encode({ type: 'snapshot-end', epoch, revision, facts: facts.length }));
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
