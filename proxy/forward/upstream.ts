import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Admission } from '../gate/verdict.ts';
import type { Exchange } from './exchange.ts';
import { MiddlewareCarrier, type UpgradeEvents } from './middleware-carrier.ts';
import { UploadBody } from './upload-body.ts';
import { UpstreamLines } from './upstream-lines.ts';

export interface UpstreamOptions {
  /** Scheme, host and port. */
  readonly origin: string;
  readonly connectTimeoutMs: number;
  readonly timeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly idleSockets: number;
  readonly headerBytes: number;
  readonly maxDroppedBytes: number;
}

/** Bodies come right behind their headers; one that has not by then is waiting for something. */
const FIRST_BYTE_MS = 25;

/**
 * One upstream, and who carries what to it. undici takes ordinary requests. http-proxy-middleware takes upgrades, and
 * uploads whose first byte is not there yet: undici sends the headers of a request with the first piece of its body, so
 * an upstream that would answer to the headers alone would never hear of them.
 *
 * Both send what the gate has set, and nothing else.
 */
export class Upstream {
  readonly #options: UpstreamOptions;
  readonly #lines: UpstreamLines;
  readonly #carrier: MiddlewareCarrier;

  constructor(options: UpstreamOptions) {
    this.#options = options;
    const { origin, timeoutMs, idleTimeoutMs, idleSockets } = options;
    this.#lines = new UpstreamLines({ ...options, idleLines: idleSockets });
    this.#carrier = new MiddlewareCarrier({ origin, timeoutMs, idleTimeoutMs, idleSockets });
  }

  forward(exchange: Exchange): void {
    if (hasBody(exchange.request)) this.#forwardUpload(exchange);
    else this.#lines.send(exchange, null);
  }

  upgrade(admission: Admission, request: IncomingMessage, socket: Socket, head: Buffer, events: UpgradeEvents): void {
    prepare(request, admission);
    this.#carrier.upgrade(request, socket, head, events);
  }

  close(): void {
    this.#lines.close();
    this.#carrier.close();
  }

  #forwardUpload(exchange: Exchange): void {
    const { request, response } = exchange;
    const begin = (): void => {
      clearTimeout(timer);
      if (!response.destroyed) {
        this.#lines.send(exchange, new UploadBody(request, response, this.#options.maxDroppedBytes));
      }
    };
    const timer = setTimeout(() => {
      request.off('readable', begin);
      if (response.destroyed) return;
      prepare(request, exchange.admission);
      this.#carrier.forward(request, response, { onFailure: (failure, error) => exchange.fail(failure, error) });
    }, FIRST_BYTE_MS);
    request.once('readable', begin);
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && Number(length) !== 0);
}

/** The target that was judged is the target that is sent; the headers are ours from the first to the last. */
function prepare(request: IncomingMessage, admission: Admission): void {
  request.url = admission.target;
  request.headers = admission.headers;
}
