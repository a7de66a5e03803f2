import type { Client, Dispatcher } from 'undici';
import type { Exchange, ExchangeLine } from './exchange.ts';
import type { UploadBody } from './upload-body.ts';

/** How an idle connection fails when the upstream has closed it in the very moment it was to be used. */
const BROKEN_IDLE: ReadonlySet<unknown> = new Set(['ECONNRESET', 'EPIPE']);

/** One connection to an upstream with one exchange at a time, made again when it is needed and gone. */
export class UpstreamLine implements ExchangeLine {
  readonly #client: Client;
  readonly #hostName: string;
  readonly #onFree: (line: UpstreamLine) => void;
  #exchange: Exchange | null = null;
  #body: UploadBody | null = null;
  #hasRedialled = false;

  constructor(client: Client, hostName: string, onFree: (line: UpstreamLine) => void) {
    this.#client = client;
    this.#hostName = hostName;
    this.#onFree = onFree;
  }

  /** Whether the next bytes from the upstream begin an answer. */
  get awaitsHead(): boolean {
    return this.#exchange !== null && !this.#exchange.hasHead;
  }

  send(exchange: Exchange, body: UploadBody | null): void {
    this.#exchange = exchange;
    this.#body = body;
    this.#hasRedialled = false;
    exchange.line = this;
    this.#dispatch(exchange);
  }

  redial(exchange: Exchange, error: Error): boolean {
    if (this.#hasRedialled || this.#body !== null || this.#exchange !== exchange) return false;
    if (!BROKEN_IDLE.has((error as { code?: unknown }).code)) return false;
    this.#hasRedialled = true;
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

  #dispatch(exchange: Exchange): void {
    const { request, admission } = exchange;
    const options: Dispatcher.DispatchOptions & { servername: string } = {
      method: request.method ?? 'GET',
      path: admission.target,
      headers: requestHeaders(admission.headers, this.#body !== null),
      body: this.#body,
      // One for all: a Host header that a client may choose must not decide which connection is used.
      servername: this.#hostName,
    };
    this.#client.dispatch(options, exchange);
  }
}

/** undici frames the message itself; a length is given to it to be held to, and only for a body that is there. */
function requestHeaders(headers: Exchange['admission']['headers'], hasBody: boolean): string[] {
  const list: string[] = [];
  for (const name in headers) {
    if (name === 'transfer-encoding' || (name === 'content-length' && !hasBody)) continue;
    const value = headers[name] as string | string[];
    if (typeof value === 'string') list.push(name, value);
    else for (const each of value) list.push(name, each);
  }
  return list;
}
