import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Answer } from '../../core/process/problem-answer.ts';

/** How long a client may take to read an answer written to its bare socket. */
const RAW_ANSWER_MS = 2_000;

/** What of the body of a refused request is read and dropped, so that its connection can go on. */
export interface DrainLimits {
  /** A longer (or unknown) body is not read to the end; the connection closes instead. */
  readonly maxDrainBytes: number;
  /** One that takes longer after the answer closes it, too: nobody holds a connection by a body that nobody wants. */
  readonly maxDrainMs: number;
}

/** Answers a request that goes nowhere. */
export function sendAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
  limits: DrainLimits,
): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const body = Buffer.from(answer.body);
  for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value);
  response.setHeader('content-length', body.byteLength);
  const { headers } = request;
  const length = headers['transfer-encoding'] === undefined ? Number(headers['content-length'] ?? 0) : Infinity;
  if (length > limits.maxDrainBytes) response.setHeader('connection', 'close');
  response.writeHead(answer.status);
  response.end(request.method === 'HEAD' ? undefined : body);
  if (!request.complete) response.once('finish', () => endIfSlow(request, limits.maxDrainMs));
}

function endIfSlow(request: IncomingMessage, maxDrainMs: number): void {
  const timer = setTimeout(() => {
    if (!request.complete) request.socket.destroy();
  }, maxDrainMs);
  timer.unref();
  request.once('close', () => clearTimeout(timer));
}

/** The same answer where there is no response object: upgrades, and bytes that never became a request. */
export function sendRawAnswer(socket: Duplex, answer: Answer): void {
  if (socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const body = Buffer.from(answer.body);
  const lines = [`HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? 'Error'}`];
  for (const [name, value] of Object.entries(answer.headers)) lines.push(`${name}: ${value}`);
  lines.push(`content-length: ${body.byteLength}`, 'connection: close', '', '');
  socket.on('error', () => socket.destroy());
  // Unread bytes would turn the close into a reset, which may overtake the answer.
  socket.resume();
  socket.end(Buffer.concat([Buffer.from(lines.join('\r\n')), body]));
  const timer = setTimeout(() => socket.destroy(), RAW_ANSWER_MS);
  timer.unref();
  socket.once('close', () => clearTimeout(timer));
}
