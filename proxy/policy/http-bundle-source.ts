import { ServiceError, type ServiceClient } from '../management/service-client.ts';
import type { BundleSource } from './bundle-source.ts';

export interface HttpBundleOptions {
  readonly minDelayMs: number;
  readonly maxDelayMs: number;
  /** How long the server may hold its answer back; 0: it is not asked to. */
  readonly longPollSeconds: number;
  readonly requestTimeoutMs: number;
  readonly downloadTimeoutMs: number;
  readonly maxBytes: number;
}

const LEAST_DELAY_MS = 100;
/** What a server says that holds answers back (OPA documentation, "Bundles", section "HTTP Long Polling"). */
const LONG_POLL_TYPE = 'application/vnd.openpolicyagent.bundles';

/** OPA's Bundle Service API: GET with `If-None-Match`, 200 with a bundle or 304. Delta bundles are not asked for. */
export class HttpBundleSource implements BundleSource {
  readonly #client: ServiceClient;
  readonly #options: HttpBundleOptions;
  readonly #random: () => number;
  /** Of the bundle in use. A bundle that was refused is fetched again: it may be repaired under the same name. */
  #etag: string | null = null;
  #foundEtag: string | null = null;
  #isLongPoll: boolean;

  constructor(client: ServiceClient, options: HttpBundleOptions, random: () => number = Math.random) {
    this.#client = client;
    this.#options = options;
    this.#random = random;
    this.#isLongPoll = options.longPollSeconds > 0;
  }

  async look(signal: AbortSignal): Promise<Uint8Array | null> {
    const { longPollSeconds, requestTimeoutMs, downloadTimeoutMs, maxBytes } = this.#options;
    const waitMs = this.#isLongPoll ? longPollSeconds * 1_000 : 0;
    const prefer = ['modes=snapshot', ...(this.#isLongPoll ? [`wait=${longPollSeconds}`] : [])].join(';');
    const { status, headers, body } = await this.#client.call({
      method: 'GET',
      headers: {
        accept: 'application/gzip, application/octet-stream, application/vnd.openpolicyagent.bundles',
        prefer,
        ...(this.#etag === null ? {} : { 'if-none-match': this.#etag }),
      },
      maxBytes,
      headersTimeoutMs: requestTimeoutMs + waitMs,
      totalTimeoutMs: downloadTimeoutMs + waitMs,
      signal,
    });
    if (status === 304 && this.#etag !== null) return null;
    if (status !== 200) throw new ServiceError(`the server of the policy bundle answered ${status}`, status);
    this.#isLongPoll = longPollSeconds > 0 && headers['content-type'] === LONG_POLL_TYPE;
    if (body.byteLength === 0) throw new ServiceError('the server of the policy bundle sent nothing', status);
    const { etag } = headers;
    this.#foundEtag = typeof etag === 'string' ? etag : null;
    return body;
  }

  taken(): void {
    this.#etag = this.#foundEtag;
  }

  /** With jitter, so that many sidecars don't come in step. */
  delayMs(failures: number): number {
    const { minDelayMs, maxDelayMs } = this.#options;
    if (failures > 0) {
      const ceiling = Math.min(maxDelayMs, LEAST_DELAY_MS * 2 ** Math.min(failures, 20));
      return Math.round(ceiling / 2 + this.#random() * (ceiling / 2));
    }
    if (this.#isLongPoll) return LEAST_DELAY_MS;
    return Math.round(minDelayMs + this.#random() * Math.max(0, maxDelayMs - minDelayMs));
  }

  close(): Promise<void> {
    return this.#client.close();
  }
}
