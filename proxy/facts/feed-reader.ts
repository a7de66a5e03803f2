import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import { FeedDecoder, MAX_FEED_LINE_CHARS } from '../../core/feed/feed-decoder.ts';
import type { FeedMessage } from '../../core/feed/feed-message.ts';
import type { Logger } from '../../core/process/logger.ts';
import type { ProxyLimits } from '../config.ts';
import { AppliedReport } from './applied-report.ts';
import { FeedError, type ControlPlane, type FeedPosition } from './control-plane.ts';
import type { FactSource } from './fact-source.ts';
import type { FactsFeed } from './facts-feed.ts';
import { FeedLines } from './feed-lines.ts';
import type { MonotonicClock } from './steady-clock.ts';

/** Heartbeats may be tiny in tests; a busy process must not call that silence. */
const LEAST_SILENCE_MS = 250;

export interface FeedReaderOptions {
  readonly controlPlane: ControlPlane;
  readonly patterns: readonly string[];
  /** What the sidecar says of itself at each connect. */
  readonly registration: () => object;
  readonly source: FactSource;
  /** How far everybody is who decides by these facts; the source, if not given. */
  readonly applied?: () => FeedPosition | null;
  readonly limits: ProxyLimits;
  readonly logger: Logger;
  readonly now: MonotonicClock;
  readonly clockSkewMs: () => number | null;
  readonly onEvent?: (event: 'connected' | 'disconnected' | 'resync') => void;
}

/**
 * Keeps the facts current: registers, reads the stream, connects again for ever with growing pauses. Anything odd in the
 * stream drops the revision, so that the next connection starts with a snapshot; the facts held stay in use meanwhile,
 * until they are too old.
 */
export class FeedReader implements FactsFeed {
  readonly #options: FeedReaderOptions;
  readonly #applied: AppliedReport;
  readonly #stopping = new AbortController();
  #connection: AbortController | null = null;
  #clockCheck: NodeJS.Timeout | null = null;
  /** Something was odd: what is held is not to be gone on from. */
  #wantsSnapshot = false;
  #failures = 0;
  #running: Promise<void> = Promise.resolve();
  #isConnected = false;
  #problem: string | null = null;

  constructor(options: FeedReaderOptions) {
    this.#options = options;
    const { controlPlane, limits, logger } = options;
    this.#applied = new AppliedReport(
      (position) => controlPlane.reportApplied(position, options.clockSkewMs()),
      limits,
      logger,
    );
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  start(): void {
    this.#running = this.#run();
    this.#clockCheck = setInterval(() => this.askTime(), this.#options.limits.clock_check_ms);
    this.#clockCheck.unref();
  }

  /** Why there is no connection, for the operator; null while there is one. */
  get problem(): string | null {
    return this.#isConnected ? null : this.#problem;
  }

  /** Every answer says what time it is there; a report of how far this is costs the least. */
  askTime(): void {
    if (this.#isConnected) this.#reportApplied();
  }

  async stop(): Promise<void> {
    if (this.#clockCheck !== null) clearInterval(this.#clockCheck);
    this.#stopping.abort();
    this.#connection?.abort();
    this.#applied.stop();
    await Promise.all([this.#running, this.#options.controlPlane.close()]);
  }

  async #run(): Promise<void> {
    const { logger } = this.#options;
    while (!this.#stopping.signal.aborted) {
      try {
        await this.#connect();
        throw new FeedError('the stream ended');
      } catch (error) {
        if (this.#stopping.signal.aborted) return;
        if (this.#isConnected) this.#options.onEvent?.('disconnected');
        this.#isConnected = false;
        this.#failures += 1;
        this.#problem = error instanceof Error ? error.message : String(error);
        const waitMs = this.#backoffMs();
        logger.warn({ err: error, wait_ms: waitMs, failures: this.#failures }, 'the feed is not connected');
        await this.#pause(waitMs);
      }
    }
  }

  /** Full jitter, so that many sidecars don't come back in step. */
  #backoffMs(): number {
    const { feed_reconnect_min_ms: least, feed_reconnect_max_ms: most } = this.#options.limits;
    const ceiling = Math.min(most, least * 2 ** Math.min(this.#failures - 1, 20));
    return Math.round(least / 2 + Math.random() * Math.max(0, ceiling - least / 2));
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(done, ms);
      const { signal } = this.#stopping;
      signal.addEventListener('abort', done, { once: true });
      function done(): void {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      }
    });
  }

  async #connect(): Promise<void> {
    const { source, controlPlane, patterns, now } = this.#options;
    this.#connection = new AbortController();
    await controlPlane.register(this.#options.registration());
    source.startConnection(now());
    const position = this.#wantsSnapshot ? null : source.position;
    const body = await controlPlane.openStream(patterns, position, this.#connection.signal);
    await this.#read(body, this.#connection);
  }

  async #read(body: Dispatcher.ResponseData['body'], connection: AbortController): Promise<void> {
    const { now, limits } = this.#options;
    const lines = new FeedLines(MAX_FEED_LINE_CHARS);
    const decoder = new FeedDecoder();
    // Until the hello has said how often heartbeats come.
    let silenceMs = limits.feed_request_timeout_ms;
    let heardAt = now();
    const watch = setInterval(() => {
      if (now() - heardAt > silenceMs) connection.abort(new FeedError('nothing was heard for too long'));
    }, LEAST_SILENCE_MS / 2);
    watch.unref();
    try {
      // Over all chunks: those that have arrived together are handed out without a turn of the event loop in between.
      let sliceStart = heardAt;
      for await (const chunk of body) {
        heardAt = now();
        for (const line of lines.push(chunk as Uint8Array)) {
          const heartbeatMs = this.#take(decoder, line, heardAt);
          if (heartbeatMs !== null) {
            silenceMs = Math.max(LEAST_SILENCE_MS, heartbeatMs * limits.feed_missed_heartbeats);
          }
          if (now() - sliceStart > limits.slice_ms) {
            await nextTurn();
            sliceStart = now();
            heardAt = sliceStart;
          }
        }
      }
    } finally {
      clearInterval(watch);
    }
  }

  /** @returns the interval of heartbeats, from a hello */
  #take(decoder: FeedDecoder, line: string, receivedAt: number): number | null {
    const { source } = this.#options;
    let problem: string | null;
    let message: FeedMessage | null = null;
    try {
      message = decoder.decode(line);
      problem = source.receive(message, receivedAt);
    } catch (error) {
      problem = error instanceof Error ? error.message : 'unreadable';
    }
    if (message === null || problem !== null) {
      this.#wantsSnapshot = true;
      this.#options.onEvent?.('resync');
      throw new FeedError(`a snapshot is needed: ${problem}`);
    }
    if (message.type === 'hello') {
      this.#greeted(message.mode);
      return message.heartbeat_interval_ms;
    }
    if (message.type === 'snapshot-end') this.#wantsSnapshot = false;
    if (message.type === 'snapshot-end' || message.type === 'change') this.#reportApplied();
    // Only what keeps the facts current shows that the connection is worth its name.
    if (message.type !== 'fact' && message.type !== 'snapshot-begin') this.#failures = 0;
    return null;
  }

  #reportApplied(): void {
    const { applied, source } = this.#options;
    const position = applied === undefined ? source.position : applied();
    if (position !== null) this.#applied.report(position);
  }

  #greeted(mode: 'snapshot' | 'tail'): void {
    this.#isConnected = true;
    if (mode === 'tail') this.#reportApplied();
    this.#options.onEvent?.('connected');
    this.#options.logger.info({ mode, revision: this.#options.source.revision }, 'the feed is connected');
  }
}
