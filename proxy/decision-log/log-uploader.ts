import type { Logger } from '../../core/process/logger.ts';
import { ServiceError, type ServiceClient } from '../management/service-client.ts';
import type { EventOutcome } from './decision-sink.ts';
import type { EventBuffer } from './event-buffer.ts';
import { ChunkPacker, type Chunk } from './pack-chunk.ts';

export interface LogUploaderOptions {
  readonly client: ServiceClient;
  readonly buffer: EventBuffer;
  readonly minDelayMs: number;
  readonly maxDelayMs: number;
  readonly uploadBytes: number;
  readonly requestTimeoutMs: number;
  readonly flushTimeoutMs: number;
  readonly count: (outcome: EventOutcome, events?: number) => void;
  readonly onUpload: (result: 'ok' | 'failed') => void;
  readonly logger: Logger;
  readonly random?: () => number;
}

const MAX_ANSWER_BYTES = 65_536;
const LEAST_BACKOFF_MS = 100;

/** Posts events to a decision log service (OPA documentation, "Decision Logs", section "Decision Log Service API"). */
export class LogUploader {
  readonly #options: LogUploaderOptions;
  readonly #packer: ChunkPacker;
  readonly #stopping = new AbortController();
  #timer: NodeJS.Timeout | null = null;
  #failures = 0;
  #problem: { readonly message: string; readonly status: number | null } | null = null;
  #running: Promise<void> | null = null;

  constructor(options: LogUploaderOptions) {
    this.#options = options;
    this.#packer = new ChunkPacker(options.uploadBytes, () => {
      options.count('dropped-size');
      options.logger.warn('a decision is not logged, because its event is larger than an upload may be');
    });
  }

  /** Why the last upload failed; null when it did not. */
  get problem(): { readonly message: string; readonly status: number | null } | null {
    return this.#problem;
  }

  start(): void {
    this.#later();
  }

  /** Sooner than planned when there is enough for a whole upload, but not while the service is failing. */
  hint(): void {
    const isWorth = this.#options.buffer.bytes >= this.#packer.wantedBytes;
    if (isWorth && this.#failures === 0 && this.#running === null && this.#timer !== null) this.#run();
  }

  /** Uploads what is left, as long as the bound allows; what remains after that is dropped and counted. */
  async stop(): Promise<void> {
    const { buffer, count, client, flushTimeoutMs } = this.#options;
    const deadline = setTimeout(() => this.#stopping.abort(), flushTimeoutMs);
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    await this.#running;
    await this.#uploadAll();
    clearTimeout(deadline);
    if (buffer.events > 0) count('dropped-stop', buffer.events);
    await client.close();
  }

  #later(): void {
    const { minDelayMs, maxDelayMs, random = Math.random } = this.#options;
    const planned = minDelayMs + random() * Math.max(0, maxDelayMs - minDelayMs);
    const ceiling = Math.min(maxDelayMs, LEAST_BACKOFF_MS * 2 ** Math.min(this.#failures, 20));
    const delayMs = this.#failures === 0 ? planned : ceiling / 2 + random() * (ceiling / 2);
    this.#timer = setTimeout(() => this.#run(), delayMs);
    this.#timer.unref();
  }

  #run(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#running = this.#uploadAll().finally(() => {
      this.#running = null;
      if (!this.#stopping.signal.aborted) this.#later();
    });
  }

  /** Until nothing is left or the service does not take it. */
  async #uploadAll(): Promise<void> {
    const { buffer } = this.#options;
    while (!this.#stopping.signal.aborted) {
      const chunk = await this.#packer.next(buffer);
      if (chunk === null) return;
      if (!(await this.#upload(chunk))) {
        buffer.putBack(chunk.events);
        return;
      }
    }
  }

  async #upload({ body, events }: Chunk): Promise<boolean> {
    const { client, requestTimeoutMs, count, onUpload, logger } = this.#options;
    try {
      const { status } = await client.call({
        method: 'POST',
        headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
        body,
        maxBytes: MAX_ANSWER_BYTES,
        totalTimeoutMs: requestTimeoutMs,
        signal: this.#stopping.signal,
      });
      if (status < 200 || status > 299) throw new ServiceError(`the decision log service answered ${status}`, status);
      count('uploaded', events.length);
      onUpload('ok');
      this.#failures = 0;
      this.#problem = null;
      return true;
    } catch (error) {
      const { message, status = null } = error as ServiceError;
      if (message !== this.#problem?.message)
        logger.warn({ err: error }, 'decisions could not be uploaded; they are kept');
      this.#problem = { message, status };
      this.#failures += 1;
      onUpload('failed');
      return false;
    }
  }
}
