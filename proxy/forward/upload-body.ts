import { Readable } from 'node:stream';
import { dropRest } from './drop-rest.ts';
import type { Exchange } from './exchange.ts';

/**
 * The body of a request on its way to the upstream. Between the two because an upstream may answer before it has read
 * everything: what carries the body then destroys its source, and were that the request itself, its connection would go
 * before the answer is out.
 */
export class UploadBody extends Readable {
  readonly #exchange: Exchange;
  readonly #maxDroppedBytes: number;
  #isDone = false;

  /** @param maxDroppedBytes what is read of a rest that nobody wants, to keep the client's connection */
  constructor(exchange: Exchange, maxDroppedBytes: number) {
    super();
    this.#exchange = exchange;
    this.#maxDroppedBytes = maxDroppedBytes;
    const { request } = exchange;
    exchange.uploadBegins();
    request.on('data', (chunk: Buffer) => {
      if (!this.#isDone && !this.push(chunk)) request.pause();
    });
    request.on('end', () => {
      exchange.uploadEnds();
      if (!this.#isDone) this.push(null);
    });
    request.pause();
  }

  override _read(): void {
    this.#exchange.request.resume();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#isDone = true;
    dropRest(this.#exchange.request, this.#exchange.response, this.#maxDroppedBytes);
    callback(error);
  }
}
