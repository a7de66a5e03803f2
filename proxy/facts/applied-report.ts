import type { Logger } from '../../core/process/logger.ts';
import type { ProxyLimits } from '../config.ts';
import type { FeedPosition } from './control-plane.ts';

/**
 * Tells the control plane how far this replica is. One report is under way at a time and the newest position is what is
 * sent next, so a burst of changes makes few reports.
 */
export class AppliedReport {
  readonly #send: (position: FeedPosition) => Promise<void>;
  readonly #limits: Pick<ProxyLimits, 'feed_reconnect_max_ms'>;
  readonly #logger: Logger;
  #next: FeedPosition | null = null;
  #isSending = false;
  #retry: NodeJS.Timeout | null = null;
  #isStopped = false;

  constructor(
    send: (position: FeedPosition) => Promise<void>,
    limits: Pick<ProxyLimits, 'feed_reconnect_max_ms'>,
    logger: Logger,
  ) {
    this.#send = send;
    this.#limits = limits;
    this.#logger = logger;
  }

  report(position: FeedPosition): void {
    this.#next = position;
    void this.#drain();
  }

  stop(): void {
    this.#isStopped = true;
    if (this.#retry !== null) clearTimeout(this.#retry);
  }

  async #drain(): Promise<void> {
    if (this.#isSending || this.#isStopped) return;
    this.#isSending = true;
    try {
      while (this.#next !== null && !this.#isStopped) {
        const position: FeedPosition = this.#next;
        this.#next = null;
        try {
          await this.#send(position);
        } catch (error) {
          if (this.#isStopped) return;
          this.#logger.warn({ err: error, revision: position.revision }, 'the applied revision could not be reported');
          this.#next ??= position;
          this.#retryLater();
          return;
        }
      }
    } finally {
      this.#isSending = false;
    }
  }

  #retryLater(): void {
    if (this.#retry !== null) return;
    this.#retry = setTimeout(() => {
      this.#retry = null;
      void this.#drain();
    }, this.#limits.feed_reconnect_max_ms);
    this.#retry.unref();
  }
}
