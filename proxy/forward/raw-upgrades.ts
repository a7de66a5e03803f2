import { request as httpRequest, STATUS_CODES, type IncomingMessage } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import type { Socket } from 'node:net';
import type { Admission } from '../gate/verdict.ts';
import type { UpgradeEvents } from './middleware-carrier.ts';
import { cleanResponseHeaders } from './response-headers.ts';
import { upstreamAddress } from './upstream-address.ts';
import { failureOf, UpstreamTimeout } from './upstream-failure.ts';

export interface RawUpgradesOptions {
  /** Scheme, host and port. */
  readonly origin: string;
  readonly timeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly headerBytes: number;
}

/**
 * Upgrades to protocols other than WebSocket, for the routes that name them: from the 101 on, bytes both ways, of which
 * nothing is looked at. http-proxy-middleware takes WebSockets only, so Node's own client asks the upstream.
 */
export class RawUpgrades {
  readonly #options: RawUpgradesOptions;
  readonly #request: RequestOptions;

  constructor(options: RawUpgradesOptions) {
    this.#options = options;
    // No agent: a connection that has become another protocol is never one for the next request.
    this.#request = { ...upstreamAddress(options.origin, options.headerBytes), agent: false };
  }

  upgrade(admission: Admission, method: string, socket: Socket, head: Buffer, events: UpgradeEvents): void {
    const settings = { ...this.#request, method, path: admission.target, headers: admission.headers.toObject() };
    const upstream = settings.protocol === 'https:' ? httpsRequest(settings) : httpRequest(settings);
    const timer = setTimeout(() => {
      upstream.destroy(new UpstreamTimeout('the upstream did not answer in time'));
    }, this.#options.timeoutMs);
    timer.unref();
    socket.once('close', () => {
      clearTimeout(timer);
      upstream.destroy();
    });
    upstream.on('error', (error) => {
      clearTimeout(timer);
      events.onFailure(failureOf(error), error);
    });
    upstream.once('response', (answer) => {
      clearTimeout(timer);
      events.onAnswer(answer.statusCode ?? 0);
      writeHead(socket, answer, ['connection: close']);
      answer.once('error', () => socket.destroy());
      answer.setTimeout(this.#options.idleTimeoutMs, () => socket.destroy());
      answer.pipe(socket);
    });
    upstream.once('upgrade', (answer, upstreamSocket: Socket, upstreamHead: Buffer) => {
      clearTimeout(timer);
      const protocol = answer.headers.upgrade;
      if (answer.statusCode !== 101 || protocol?.toLowerCase() !== admission.headers.get('upgrade')?.toLowerCase()) {
        upstreamSocket.destroy();
        events.onFailure('unreachable', new Error('the upstream switched to another protocol'));
        return;
      }
      events.onAnswer(101);
      writeHead(socket, answer, ['connection: Upgrade', `upgrade: ${protocol}`]);
      this.#join(socket, upstreamSocket, head, upstreamHead);
      events.onOpen(upstreamSocket);
    });
    upstream.end();
  }

  #join(socket: Socket, upstreamSocket: Socket, head: Buffer, upstreamHead: Buffer): void {
    upstreamSocket.setTimeout(this.#options.idleTimeoutMs, () => upstreamSocket.destroy());
    upstreamSocket.on('error', () => upstreamSocket.destroy());
    upstreamSocket.setNoDelay(true);
    // What either has said already in the same packet as its headers.
    if (upstreamHead.byteLength > 0) socket.write(upstreamHead);
    if (head.byteLength > 0) upstreamSocket.write(head);
    upstreamSocket.pipe(socket);
    socket.pipe(upstreamSocket);
  }
}

/** @param own what this hop says of its own connection (RFC 9110 7.6.1, 7.8) */
function writeHead(socket: Socket, answer: IncomingMessage, own: readonly string[]): void {
  cleanResponseHeaders(answer);
  const status = answer.statusCode ?? 502;
  const lines = [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Unknown'}`, ...own];
  for (const [name, value] of Object.entries(answer.headers)) {
    for (const each of Array.isArray(value) ? value : [value]) lines.push(`${name}: ${each}`);
  }
  lines.push('', '');
  socket.write(lines.join('\r\n'), 'latin1');
}
