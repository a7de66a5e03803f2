import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { FeedEncoder } from '../../core/feed/feed-encoder.ts';
import { FEED_PROTOCOL, type FeedMessage } from '../../core/feed/feed-message.ts';
import type { Logger } from '../../core/process/logger.ts';
import type { FactSource } from './fact-source.ts';
import { ChunkSealer, MAX_CHUNK_BYTES } from './sealed-chunks.ts';
import { loadSnapshot } from './load-snapshot.ts';
import { snapshotMessages } from './snapshot-content.ts';

/** Lines are gathered up to here; one more line, which may be 8 MB, is cut into several chunks. */
const CHUNK_CHARS = 65_536;
/** A file is written anew when what was appended is more than what it began with, and more than this. */
const LEAST_APPENDED_BYTES = 1_048_576;
/** Changes that wait for the next writing; beyond that it is cheaper to write all anew. */
const MAX_WAITING_FACTS = 20_000;

export type SnapshotEvent = 'loaded' | 'ignored' | 'written' | 'appended' | 'failed';

export interface SnapshotFileOptions {
  readonly path: string;
  /** The feed credential: whoever can write the file but has not got it can't make one that is read. */
  readonly secret: string;
  /** What the facts are of; a file for other resources is not read. */
  readonly patterns: readonly string[];
  readonly source: FactSource;
  readonly intervalMs: number;
  readonly sliceMs: number;
  readonly logger: Logger;
  readonly onEvent: (event: SnapshotEvent) => void;
}

/** The file under way: whole once it has its name, and longer from then on. */
interface Written {
  readonly handle: FileHandle;
  readonly sealer: ChunkSealer;
  readonly encoder: FeedEncoder;
  bodyBytes: number;
  appendedBytes: number;
}

/**
 * Keeps a copy of the facts on disk, sealed, for a start without the control plane: a snapshot, and after it the changes
 * and confirmations that came since, as the feed brought them. What a crash tears off at the end is an older state and no
 * wrong one. It holds up no request: a snapshot is taken at once, for facts are never changed in place, and written in slices.
 */
export class SnapshotFile {
  readonly #options: SnapshotFileOptions;
  /** Authenticated with every part of the file. */
  readonly #context: string;
  #written: Written | null = null;
  #waiting: FeedMessage[] = [];
  #waitingFacts = 0;
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();

  constructor(options: SnapshotFileOptions) {
    this.#options = options;
    this.#context = JSON.stringify({ protocol: FEED_PROTOCOL, patterns: options.patterns });
    options.source.onTaken((message) => this.#take(message));
  }

  /** Takes what is kept into use, if it is ours and young enough. Never rejects: without it the sidecar waits for the feed. */
  async load(): Promise<void> {
    const { path, secret, source, logger, onEvent } = this.#options;
    let problem: string | null;
    try {
      const loaded = await loadSnapshot(path, secret, this.#context);
      if (loaded === null) return;
      problem = source.adopt(loaded);
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
    }
    onEvent(problem === null ? 'loaded' : 'ignored');
    if (problem === null) logger.info({ path, revision: source.revision }, 'the kept snapshot of the facts is in use');
    else logger.warn({ path, problem }, 'the kept snapshot of the facts is not used');
  }

  start(): void {
    this.#timer = setInterval(() => void this.write(), this.#options.intervalMs);
    this.#timer.unref();
  }

  /** Writes what is new, and ends. */
  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    await this.write();
    await this.#close();
  }

  /** One at a time. Never rejects: a disk that is full must not stop a sidecar. */
  write(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#writeNew()).catch((error: unknown) => this.#fail(error));
    return this.#writing;
  }

  #take(message: FeedMessage): void {
    if (message.type === 'snapshot-end') {
      // Another history, perhaps; what is on the disk goes on being good until it is replaced.
      this.#waiting = [];
      this.#waitingFacts = Infinity;
    } else if (message.type === 'change') {
      this.#waitingFacts += message.facts.length + 1;
      if (this.#waitingFacts <= MAX_WAITING_FACTS) this.#waiting.push(message);
    } else if (message.type === 'heartbeat' && this.#waitingFacts <= MAX_WAITING_FACTS) {
      if (this.#waiting.at(-1)?.type === 'heartbeat') this.#waiting.pop();
      this.#waiting.push(message);
    }
  }

  async #writeNew(): Promise<void> {
    const written = this.#written;
    const isOutgrown = written !== null && written.appendedBytes > Math.max(written.bodyBytes, LEAST_APPENDED_BYTES);
    if (written === null || isOutgrown || this.#waitingFacts > MAX_WAITING_FACTS) {
      await this.#writeAll();
      return;
    }
    if (this.#waiting.length === 0) return;
    const messages = this.#takeWaiting();
    written.appendedBytes += await this.#put(written, messages);
    this.#options.onEvent('appended');
  }

  async #writeAll(): Promise<void> {
    const { path, secret, source } = this.#options;
    const held = source.hold();
    if (held === null) return;
    // From here on what comes is after what is held.
    this.#takeWaiting();
    await this.#close();
    const draft = `${path}.draft`;
    await rm(draft, { force: true });
    // Made anew, for its owner alone: never through a link that somebody has put there.
    const handle = await open(draft, 'wx', 0o600);
    const sealer = new ChunkSealer(secret, this.#context);
    const written: Written = { handle, sealer, encoder: new FeedEncoder(), bodyBytes: 0, appendedBytes: 0 };
    try {
      await handle.write(sealer.header);
      written.bodyBytes = await this.#put(written, snapshotMessages(held));
      await handle.sync();
      await rename(draft, path);
      await syncDirectory(dirname(path));
    } catch (error) {
      await handle.close();
      throw error;
    }
    this.#written = written;
    this.#options.onEvent('written');
  }

  /** In slices. @returns the bytes written */
  async #put({ handle, sealer, encoder }: Written, messages: Iterable<FeedMessage>): Promise<number> {
    const { sliceMs } = this.#options;
    let bytes = 0;
    let lines: string[] = [];
    let chars = 0;
    const flush = async (): Promise<void> => {
      const plain = Buffer.from(lines.join(''));
      lines = [];
      chars = 0;
      for (let start = 0; start < plain.length; start += MAX_CHUNK_BYTES) {
        const sealed = sealer.seal(plain.subarray(start, start + MAX_CHUNK_BYTES));
        await handle.write(sealed);
        bytes += sealed.length;
      }
    };
    let sliceStart = performance.now();
    for (const message of messages) {
      const line = encoder.encode(message);
      lines.push(line);
      chars += line.length;
      if (chars > CHUNK_CHARS) await flush();
      // A write gives others a turn, but a quick disk may answer within the slice.
      if (performance.now() - sliceStart > sliceMs / 2) {
        await nextTurn();
        sliceStart = performance.now();
      }
    }
    await flush();
    return bytes;
  }

  #takeWaiting(): FeedMessage[] {
    const taken = this.#waiting;
    this.#waiting = [];
    this.#waitingFacts = 0;
    return taken;
  }

  async #fail(error: unknown): Promise<void> {
    // Half a chunk may stand at its end: nothing may be put after it.
    this.#waitingFacts = Infinity;
    try {
      await this.#close();
    } catch {
      // It is given up either way.
    }
    this.#options.logger.error(
      { err: error, path: this.#options.path },
      'the snapshot of the facts could not be written',
    );
    this.#options.onEvent('failed');
  }

  async #close(): Promise<void> {
    const written = this.#written;
    this.#written = null;
    await written?.handle.close();
  }
}

async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
