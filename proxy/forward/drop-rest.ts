import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * What a server does with the rest of a body that nobody wants any more: it is read and forgotten, so that the client gets
 * to the answer, and not without an end.
 * @param maxBytes read to keep the client's connection; with more it is closed behind the answer
 */
export function dropRest(request: IncomingMessage, response: ServerResponse, maxBytes: number): void {
  if (request.readableEnded || request.destroyed) return;
  let left = maxBytes;
  request.on('data', (chunk: Buffer) => {
    left -= chunk.byteLength;
    if (left >= 0) return;
    request.pause();
    if (response.writableFinished) request.socket.destroySoon();
    else response.once('finish', () => request.socket.destroySoon());
  });
  request.resume();
}
