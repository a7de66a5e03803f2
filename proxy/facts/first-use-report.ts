import type { Decision } from '../../core/decision/decision.ts';
import type { Logger } from '../../core/process/logger.ts';
import type { ProxyLimits } from '../config.ts';

/** That a grant carried an allow, for the first time here. */
export interface FirstUse {
  readonly grant_id: string;
  /** RFC 3339, by the sidecar's clock. */
  readonly at: string;
  readonly evaluation_id: string;
}

/** Uses of one report; the control plane takes no more. */
const BATCH = 500;
/** Uses kept while the control plane can't be reached; a grant beyond that is told of with its next use. */
const MAX_WAITING = 10_000;
/** Grants remembered as told of. When full it begins anew: telling twice does no harm, the control plane takes the first. */
const MAX_SEEN = 200_000;

/**
 * Tells the control plane which grants have come into use, for the story of a request. On the way of a request it is one look
 * into a set. What is told gives nobody anything (law 11).
 */
export class FirstUseReport {
  readonly #send: (uses: readonly FirstUse[]) => Promise<void>;
  readonly #limits: Pick<ProxyLimits, 'feed_reconnect_max_ms'>;
  readonly #logger: Logger;
  readonly #seen = new Set<string>();
  readonly #waiting: FirstUse[] = [];
  #isSending = false;
  #timer: NodeJS.Timeout | null = null;
  #isStopped = false;

  constructor(
    send: (uses: readonly FirstUse[]) => Promise<void>,
    limits: Pick<ProxyLimits, 'feed_reconnect_max_ms'>,
    logger: Logger,
  ) {
    this.#send = send;
    this.#limits = limits;
    this.#logger = logger;
  }

  note(decision: Decision): void {
    for (const id of decision.grants) if (!this.#seen.has(id)) this.#add(id, decision);
  }

  /** What other processes of this sidecar have noted. */
  pass(uses: readonly FirstUse[]): void {
    for (const use of uses) if (!this.#seen.has(use.grant_id)) this.#wait(use);
  }

  stop(): void {
    this.#isStopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #add(id: string, { evaluated_at, evaluation_id }: Decision): void {
    this.#wait({ grant_id: id, at: new Date(evaluated_at).toISOString(), evaluation_id });
  }

  #wait(use: FirstUse): void {
    if (this.#waiting.length >= MAX_WAITING || this.#isStopped) return;
    if (this.#seen.size >= MAX_SEEN) this.#seen.clear();
    this.#seen.add(use.grant_id);
    this.#waiting.push(use);
    if (!this.#isSending) this.#later(0);
  }

  /** Never within the request that was let in. */
  #later(ms: number): void {
    if (this.#timer !== null || this.#isStopped) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.#drain();
    }, ms);
    this.#timer.unref();
  }

  async #drain(): Promise<void> {
    if (this.#isSending) return;
    this.#isSending = true;
    try {
      while (this.#waiting.length > 0 && !this.#isStopped) {
        const batch = this.#waiting.slice(0, BATCH);
        await this.#sendOrDrop(batch);
        this.#waiting.splice(0, batch.length);
      }
    } catch (error) {
      if (!this.#isStopped) this.#logger.warn({ err: error }, 'the first use of grants could not be reported');
      this.#later(this.#limits.feed_reconnect_max_ms);
    } finally {
      this.#isSending = false;
    }
  }

  /** What the control plane will never take must not keep back what comes after it. */
  async #sendOrDrop(batch: readonly FirstUse[]): Promise<void> {
    try {
      await this.#send(batch);
    } catch (error) {
      if (!isRefusedForGood(error)) throw error;
      this.#logger.warn({ err: error, dropped: batch.length }, 'a report of first uses was refused and is dropped');
    }
  }
}

function isRefusedForGood(error: unknown): boolean {
  const status = (error as { readonly status?: unknown }).status;
  return status === 400 || status === 404 || status === 413 || status === 422;
}
