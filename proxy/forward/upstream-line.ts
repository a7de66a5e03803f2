import type { Socket } from 'node:net';
import type { Client, Dispatcher } from 'undici';
import type { Exchange, ExchangeLine } from './exchange.ts';
import type { UploadBody } from './upload-body.ts';

/** How a connection fails that the upstream has closed, or closes in the very moment it is used. */
const BROKEN: ReadonlySet<unknown> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/** Asking again changes nothing (RFC 9110 9.2.1). DELETE and PUT are idempotent, but their second answer is another one. */
const SAFE_METHODS: ReadonlySet<string | undefined> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** One connection to an upstream with one exchange at a time, made again when it is needed and gone. */
export class UpstreamLine implements ExchangeLine {
  readonly #client: Client;
  readonly #hostName: string;
  readonly #onFree: (line: UpstreamLine) => void;
  #exchange: Exchange | null = null;
  #body: UploadBody | null = null;
  #hasRedialled = false;
  #socket: Socket | null = null;
  /** What had been read of the connection when the request was given to it; -1 for a new one. */
  #readBefore = -1;

  constructor(client: Client, hostName: string, onFree: (line: UpstreamLine) => void) {
    this.#client = client;
    this.#hostName = hostName;
    this.#onFree = onFree;
  }

  get exchange(): Exchange | null {
    return this.#exchange;
  }

  /** Whether the next bytes from the upstream begin an answer. */
  get awaitsHead(): boolean {
    return this.#exchange !== null && !this.#exchange.hasHead;
  }

  send(exchange: Exchange, body: UploadBody | null): void {
    this.#exchange = exchange;
    this.#body = body;
    this.#hasRedialled = false;
    this.#readBefore = this.#socket === null || this.#socket.destroyed ? -1 : this.#socket.bytesRead;
    exchange.line = this;
    this.#dispatch(exchange);
  }

  /** The connection the requests go over from now on. */
  set socket(socket: Socket) {
    this.#socket = socket;
  }

  /**
   * Once, and never with a body: what was not sent at all; and of what was sent what is safe to ask twice, where a
   * connection that had been kept breaks without a byte of an answer. That is how one looks that the upstream closed
   * while the request was on its way (RFC 9112 9.3.1).
   */
  redial(exchange: Exchange, error: Error, isUnsent: boolean): boolean {
    if (this.#hasRedialled || this.#body !== null || this.#exchange !== exchange) return false;
    if (!BROKEN.has((error as { code?: unknown }).code)) return false;
    if (!isUnsent && !(this.#isStale() && SAFE_METHODS.has(exchange.request.method))) return false;
    this.#hasRedialled = true;
    this.#socket = null;
    // Not from within undici's own clearing up after the broken connection.
    queueMicrotask(() => {
      if (this.#exchange === exchange) this.#dispatch(exchange);
    });
    return true;
  }

  release(): void {
    if (this.#exchange === null) return;
    this.#exchange = null;
    this.#body = null;
    this.#onFree(this);
  }

  close(): void {
    this.#exchange = null;
    this.#client.destroy(null, () => {});
  }

  #isStale(): boolean {
    return this.#readBefore !== -1 && this.#socket?.bytesRead === this.#readBefore;
  }

  #dispatch(exchange: Exchange): void {
    const { request, admission } = exchange;
    const options: Dispatcher.DispatchOptions & { servername: string } = {
      method: request.method ?? 'GET',
      path: admission.target,
      headers: requestHeaders(exchange, this.#body !== null),
      body: this.#body,
      // One for all: a Host header that a client may choose must not decide which connection is used.
      servername: this.#hostName,
    };
    this.#client.dispatch(options, exchange);
  }
}

/** undici frames the message itself; a length is given to it to be held to, and only for a body that is there. */
function requestHeaders({ request, admission }: Exchange, hasBody: boolean): string[] {
  const { headers } = admission;
  if (!hasBody && request.headers['content-length'] !== undefined) headers.delete('content-length');
  return headers.flat;
}
