import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';

/**
 * The body of a request on its way to the upstream. Between the two because an upstream may answer before it has read
 * everything: what carries the body then destroys its source, and were that the request itself, its connection would go
 * before the answer is out.
 */
export class UploadBody extends Readable {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #maxDroppedBytes: number;
  #isDone = false;

  /** @param maxDroppedBytes what is read of a rest that nobody wants, to keep the client's connection */
  constructor(request: IncomingMessage, response: ServerResponse, maxDroppedBytes: number) {
    super();
    this.#request = request;
    this.#response = response;
    this.#maxDroppedBytes = maxDroppedBytes;
    request.on('data', (chunk: Buffer) => {
      if (!this.#isDone && !this.push(chunk)) request.pause();
    });
    request.on('end', () => {
      if (!this.#isDone) this.push(null);
    });
    request.pause();
  }

  override _read(): void {
    this.#request.resume();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#isDone = true;
    if (!this.#request.readableEnded && !this.#request.destroyed) this.#dropRest();
    callback(error);
  }

  /** Like a server that has answered: the rest is read and forgotten, and not without an end. */
  #dropRest(): void {
    const request = this.#request;
    const response = this.#response;
    let left = this.#maxDroppedBytes;
    request.on('data', (chunk: Buffer) => {
      left -= chunk.byteLength;
      if (left >= 0) return;
      request.pause();
      if (response.writableFinished) request.socket.destroySoon();
      else response.once('finish', () => request.socket.destroySoon());
    });
    request.resume();
  }
}
