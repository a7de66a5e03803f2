import type { Logger } from '../../core/process/logger.ts';
import { ServiceError, type ServiceClient } from '../management/service-client.ts';

export interface StatusReporterOptions {
  /** What is so now. */
  readonly report: () => object;
  /** null: not to a service. */
  readonly client: ServiceClient | null;
  /** null: not to the console. */
  readonly print: ((report: object) => void) | null;
  readonly intervalMs: number;
  readonly requestTimeoutMs: number;
  readonly onReport: (result: 'ok' | 'failed') => void;
  readonly logger: Logger;
}

/** Several changes at once make one report. */
const GATHER_MS = 100;
const LEAST_BACKOFF_MS = 1_000;
const MAX_ANSWER_BYTES = 65_536;

/** Tells how things are: at each change, and from time to time. Only what is so now is sent, so nothing piles up. */
export class StatusReporter {
  readonly #options: StatusReporterOptions;
  readonly #stopping = new AbortController();
  #timer: NodeJS.Timeout | null = null;
  #dueAt = Infinity;
  #failures = 0;
  #sending: Promise<void> = Promise.resolve();

  constructor(options: StatusReporterOptions) {
    this.#options = options;
  }

  start(): void {
    this.changed();
  }

  /** Something is not as it was told. */
  changed(): void {
    if (this.#failures === 0) this.#sendIn(GATHER_MS);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#sending;
    await this.#options.client?.close();
  }

  #sendIn(ms: number): void {
    if (this.#stopping.signal.aborted) return;
    const dueAt = Date.now() + ms;
    if (this.#timer !== null && this.#dueAt <= dueAt) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#dueAt = dueAt;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#sending = this.#sending.then(() => this.#send());
    }, ms);
    this.#timer.unref();
  }

  async #send(): Promise<void> {
    const { report, client, print, intervalMs, logger, onReport } = this.#options;
    const now = report();
    print?.(now);
    try {
      if (client !== null) await this.#post(client, now);
      this.#failures = 0;
      onReport('ok');
    } catch (error) {
      if (this.#stopping.signal.aborted) return;
      if (this.#failures === 0) logger.warn({ err: error }, 'the status could not be reported');
      this.#failures += 1;
      onReport('failed');
    }
    const backoff = Math.min(intervalMs, LEAST_BACKOFF_MS * 2 ** Math.min(this.#failures, 20));
    this.#sendIn(this.#failures === 0 ? intervalMs * (0.9 + Math.random() * 0.2) : backoff);
  }

  async #post(client: ServiceClient, report: object): Promise<void> {
    const { status } = await client.call({
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify(report)),
      maxBytes: MAX_ANSWER_BYTES,
      totalTimeoutMs: this.#options.requestTimeoutMs,
      signal: this.#stopping.signal,
    });
    if (status < 200 || status > 299) throw new ServiceError(`the status service answered ${status}`, status);
  }
}
