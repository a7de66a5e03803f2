import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { isWebSocket, type Admission } from '../gate/verdict.ts';
import type { HotCount } from '../hot-metrics.ts';
import type { Exchange } from './exchange.ts';
import { MiddlewareCarrier, type UpgradeEvents } from './middleware-carrier.ts';
import type { StillnessLimits } from './stillness-watch.ts';
import { RawUpgrades } from './raw-upgrades.ts';
import { StreamedUploads } from './streamed-uploads.ts';
import { UploadBody } from './upload-body.ts';
import { UpstreamLines } from './upstream-lines.ts';

export interface UpstreamOptions {
  /** Scheme, host and port. */
  readonly origin: string;
  readonly connectTimeoutMs: number;
  readonly stillness: StillnessLimits;
  readonly idleTimeoutMs: number;
  readonly idleSockets: number;
  readonly headerBytes: number;
  readonly maxDroppedBytes: number;
  /** How long the headers of an upload wait for the first byte of its body, to go out with it. */
  readonly firstByteMs: number;
  /** Counted up by what carries an upload. */
  readonly uploads: { readonly sized: HotCount; readonly streamed: HotCount };
}

/**
 * One upstream, and who carries what to it. undici takes ordinary requests, http-proxy-middleware takes WebSockets. Node's own
 * client takes the uploads that undici can't: those in chunks, which may have trailers, and those whose first byte keeps
 * them waiting, as the upstream may answer to the headers alone.
 *
 * All send what the gate has set, and nothing else.
 */
export class Upstream {
  readonly #options: UpstreamOptions;
  readonly #lines: UpstreamLines;
  readonly #streamed: StreamedUploads;
  readonly #upgrades: MiddlewareCarrier;
  readonly #raw: RawUpgrades;

  constructor(options: UpstreamOptions) {
    this.#options = options;
    const { origin, stillness, idleTimeoutMs, idleSockets } = options;
    this.#lines = new UpstreamLines({ ...options, idleLines: idleSockets });
    this.#streamed = new StreamedUploads(options);
    this.#upgrades = new MiddlewareCarrier({ origin, timeoutMs: stillness.answerMs, idleTimeoutMs, idleSockets });
    const { headerBytes } = options;
    this.#raw = new RawUpgrades({ origin, timeoutMs: stillness.answerMs, idleTimeoutMs, headerBytes });
  }

  forward(exchange: Exchange): void {
    const { headers } = exchange.request;
    const length = headers['content-length'];
    if (headers['transfer-encoding'] !== undefined) this.#stream(exchange);
    else if (length !== undefined && Number(length) !== 0) this.#forwardSized(exchange);
    else this.#lines.send(exchange, null);
  }

  upgrade(admission: Admission, request: IncomingMessage, socket: Socket, head: Buffer, events: UpgradeEvents): void {
    if (!isWebSocket(admission)) {
      this.#raw.upgrade(admission, request.method ?? 'GET', socket, head, events);
      return;
    }
    // The target that was judged is the target that is sent; the headers are ours from the first to the last.
    request.url = admission.target;
    request.headers = admission.headers.toObject();
    this.#upgrades.upgrade(request, socket, head, events);
  }

  close(): void {
    this.#lines.close();
    this.#streamed.close();
    this.#upgrades.close();
  }

  #stream(exchange: Exchange): void {
    this.#options.uploads.streamed.value += 1;
    this.#streamed.send(exchange);
  }

  #forwardSized(exchange: Exchange): void {
    const { request, response } = exchange;
    const begin = (): void => {
      clearTimeout(timer);
      if (response.destroyed) return;
      this.#options.uploads.sized.value += 1;
      this.#lines.send(exchange, new UploadBody(exchange, this.#options.maxDroppedBytes));
    };
    const timer = setTimeout(() => {
      request.off('readable', begin);
      if (!response.destroyed) this.#stream(exchange);
    }, this.#options.firstByteMs);
    request.once('readable', begin);
  }
}
