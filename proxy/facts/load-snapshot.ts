import { open, type FileHandle } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { EMPTY_REPLICA, stepReplica, type ReplicaState } from '../../core/feed/fact-replica.ts';
import { FeedDecoder, MAX_FEED_LINE_CHARS } from '../../core/feed/feed-decoder.ts';
import { FeedLines } from './feed-lines.ts';
import { ChunkOpener, SEAL_HEADER_BYTES, SealError } from './sealed-chunks.ts';

const READ_BYTES = 1_048_576;

export interface LoadedFacts {
  readonly state: ReplicaState;
  /** Milliseconds since the epoch, by the control plane's clock: nothing newer was there then. */
  readonly asOfMs: number;
}

/**
 * Reads what `SnapshotFile` wrote, by the rules that the feed is read by. An end that was torn off is passed over: what is
 * before it is an older state, and says of when.
 * @returns null when there is no such file
 * @throws SealError or FeedMessageError for anything that is not what we wrote, for this credential and these resources
 */
export async function loadSnapshot(path: string, secret: string, context: string): Promise<LoadedFacts | null> {
  let handle: FileHandle;
  try {
    handle = await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    const header = Buffer.alloc(SEAL_HEADER_BYTES);
    const { bytesRead } = await handle.read(header, 0, SEAL_HEADER_BYTES);
    return await readAll(handle, new ChunkOpener(secret, context, header.subarray(0, bytesRead)));
  } finally {
    await handle.close();
  }
}

async function readAll(handle: FileHandle, opener: ChunkOpener): Promise<LoadedFacts> {
  const lines = new FeedLines(MAX_FEED_LINE_CHARS);
  const decoder = new FeedDecoder();
  let state = EMPTY_REPLICA;
  let asOfMs = 0;
  const take = (line: string): void => {
    const message = decoder.decode(line);
    const step = stepReplica(state, message);
    if ('resync' in step) throw new SealError(`it does not follow from itself: ${step.resync}`);
    state = step.state;
    if (message.type === 'snapshot-begin' || message.type === 'heartbeat') asOfMs = Math.max(asOfMs, message.as_of);
  };
  let rest: Buffer = Buffer.alloc(0);
  for (;;) {
    const next = Buffer.alloc(READ_BYTES);
    const { bytesRead } = await handle.read(next, 0, READ_BYTES);
    if (bytesRead === 0) break;
    rest = Buffer.concat([rest, next.subarray(0, bytesRead)]);
    let end = 0;
    for (const chunk of opener.open(rest)) {
      for (const line of lines.push(chunk.plain)) take(line);
      end = chunk.end;
      await nextTurn();
    }
    rest = rest.subarray(end);
  }
  if (state.facts === null) throw new SealError('it is not whole');
  return { state, asOfMs };
}
