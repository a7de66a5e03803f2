import { Agent, request, type Dispatcher } from 'undici';
import { FEED_TIME_HEADER, readFeedTime } from '../../core/feed/feed-time-header.ts';
import type { HeardTime } from '../../core/feed/server-time.ts';
import type { FirstUse } from './first-use-report.ts';
import type { MonotonicClock } from './steady-clock.ts';

export interface ControlPlaneOptions {
  readonly url: string;
  readonly token: string;
  readonly instance: string;
  readonly timeoutMs: number;
  readonly steady: MonotonicClock;
  /** Told with each answer what time it was there. */
  readonly onTime: (heard: HeardTime) => void;
}

/** Where a replica stands in the history it follows. */
export interface FeedPosition {
  readonly epoch: string;
  readonly revision: number;
  readonly mark: string;
}

export class FeedError extends Error {
  override readonly name = 'FeedError';
  /** The status of the answer, where there was one. */
  readonly status: number | null;

  constructor(message: string, status: number | null = null) {
    super(message);
    this.status = status;
  }
}

/** What a sidecar's credential opens at the control plane: the stream, and saying who it is and how far it has come (law 11). */
export class ControlPlane {
  readonly #options: ControlPlaneOptions;
  readonly #agent: Agent;
  readonly #stopping = new AbortController();

  constructor(options: ControlPlaneOptions) {
    this.#options = options;
    // No body timeout: the stream is endless, and silence on it is watched by who reads it.
    this.#agent = new Agent({
      bodyTimeout: 0,
      headersTimeout: options.timeoutMs,
      connect: { timeout: options.timeoutMs },
    });
  }

  /** @throws FeedError or the error of the connection, as all below */
  register(registration: object): Promise<void> {
    return this.#send('PUT', this.#path(''), registration);
  }

  /** @param clockSkewMs this machine's clock less the control plane's; null while that is not known */
  reportApplied({ epoch, revision }: FeedPosition, clockSkewMs: number | null): Promise<void> {
    return this.#send('POST', this.#path('/applied'), { epoch, revision, clock_skew_ms: clockSkewMs });
  }

  reportFirstUses(uses: readonly FirstUse[]): Promise<void> {
    return this.#send('POST', this.#path('/first-uses'), { first_uses: uses });
  }

  /** The stream from `position` on; null: from a snapshot. */
  async openStream(
    patterns: readonly string[],
    position: FeedPosition | null,
    signal: AbortSignal,
  ): Promise<Dispatcher.ResponseData['body']> {
    const url = new URL(`${this.#options.url}/feed/v1/stream`);
    url.searchParams.set('instance', this.#options.instance);
    url.searchParams.set('resources', patterns.join(','));
    if (position !== null) {
      url.searchParams.set('epoch', position.epoch);
      url.searchParams.set('revision', String(position.revision));
      url.searchParams.set('mark', position.mark);
    }
    const response = await request(url.toString(), {
      dispatcher: this.#agent,
      method: 'GET',
      headers: { authorization: `Bearer ${this.#options.token}`, accept: 'application/x-ndjson' },
      signal,
    });
    if (response.statusCode === 200) return response.body;
    await response.body.dump();
    throw new FeedError(`the stream answered ${response.statusCode}${hint(response.statusCode)}`, response.statusCode);
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#agent.destroy();
  }

  #path(rest: string): string {
    return `/feed/v1/sidecars/${encodeURIComponent(this.#options.instance)}${rest}`;
  }

  async #send(method: 'PUT' | 'POST', path: string, body: object): Promise<void> {
    const askedMs = this.#options.steady();
    const response = await request(`${this.#options.url}${path}`, {
      dispatcher: this.#agent,
      method,
      headers: { authorization: `Bearer ${this.#options.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: this.#stopping.signal,
      bodyTimeout: this.#options.timeoutMs,
    });
    const receivedMs = this.#options.steady();
    await response.body.dump();
    const { statusCode: status } = response;
    if (status !== 204 && status !== 200) {
      throw new FeedError(`${method} ${path} answered ${status}${hint(status)}`, status);
    }
    const serverMs = readFeedTime(response.headers[FEED_TIME_HEADER]);
    if (serverMs !== null) this.#options.onTime({ serverMs, receivedMs, askedMs });
  }
}

function hint(status: number): string {
  return status === 401 || status === 403 ? '; check HALLPASS_FEED_TOKEN and what it may serve' : '';
}
