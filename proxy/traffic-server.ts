import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { listen } from '../core/process/ops-server.ts';
import { afterAnswers, inOrder, isAnswering } from './answer-order.ts';
import type { ProxyLimits } from './config.ts';
import { problemAnswer, type Answer } from '../core/process/problem-answer.ts';
import { protocolOf } from './gate/route-table.ts';
import { sendRawAnswer } from './gate/send-answer.ts';
import type { TrafficTls } from './traffic-tls.ts';

const REFUSED = { reason: 'request-refused' };

/** What the server hands on; everything that arrives goes through one of these two. */
export interface TrafficHandler {
  /** @param mustContinue the client waits for `100 Continue` before it sends the body (RFC 9110 10.1.1) */
  onRequest(request: IncomingMessage, response: ServerResponse, mustContinue: boolean): void;
  onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

/** The traffic port: Node's HTTP/1.1 server with everything that could be lenient turned strict. */
export class TrafficServer {
  readonly #server: Server;
  readonly #limits: ProxyLimits;
  readonly #onUnreadable: (reason: string) => void;

  /**
   * @param tls null: plain HTTP
   * @param upgrades protocols that any route may be upgraded to, in lower case
   */
  constructor(
    handler: TrafficHandler,
    limits: ProxyLimits,
    onUnreadable: (reason: string) => void,
    tls: TrafficTls | null,
    upgrades: ReadonlySet<string>,
  ) {
    this.#limits = limits;
    this.#onUnreadable = onUnreadable;
    const settings = {
      insecureHTTPParser: false,
      // The gate refuses it with a reason; Node would answer with nothing.
      requireHostHeader: false,
      maxHeaderSize: limits.header_bytes,
      headersTimeout: limits.headers_timeout_ms,
      // Uploads may take as long as they move; standing still is what `idle_timeout_ms` ends.
      requestTimeout: 0,
      keepAliveTimeout: limits.keep_alive_timeout_ms,
      connectionsCheckingInterval: Math.min(5_000, Math.max(250, Math.floor(limits.headers_timeout_ms / 4))),
      noDelay: true,
      optimizeEmptyRequests: true,
      // What no route is for (h2c, for one) is an ordinary request whose Upgrade is not passed on (RFC 9110 7.8).
      shouldUpgradeCallback: ({ headers }: IncomingMessage) => upgrades.has(protocolOf(headers) ?? ''),
    };
    this.#server = tls === null ? createServer(settings) : createTlsServer({ ...settings, ...tls.serverOptions });
    if (tls !== null) tls.attach(this.#server as TlsServer);
    // Zero: none is dropped unseen. The gate counts and refuses.
    this.#server.maxHeadersCount = 0;
    this.#server.maxConnections = limits.connections;
    this.#server.timeout = limits.idle_timeout_ms;
    // Each upstream's carrier listens for the end of the server.
    this.#server.setMaxListeners(0);
    this.#listen(handler);
  }

  /** @param isShared whether other processes listen at the same port (SO_REUSEPORT) */
  start(port: number, host: string, isShared = false): Promise<number> {
    return listen(this.#server, port, host, isShared);
  }

  /** Takes no more, waits for what is under way, and no longer than the grace. */
  async drain(graceMs: number): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    this.#server.closeIdleConnections();
    let timer: NodeJS.Timeout | undefined;
    const grace = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, graceMs);
    });
    await Promise.race([closed, grace]);
    clearTimeout(timer);
  }

  closeAll(): void {
    this.#server.closeAllConnections();
  }

  #listen(handler: TrafficHandler): void {
    const server = this.#server;
    const take = (request: IncomingMessage, response: ServerResponse, mustContinue: boolean): void => {
      const { pipelined_requests } = this.#limits;
      const isTaken = inOrder(request, response, pipelined_requests, () =>
        handler.onRequest(request, response, mustContinue),
      );
      if (!isTaken) this.#onUnreadable('pipelined');
    };
    server.on('request', (request: IncomingMessage, response: ServerResponse) => take(request, response, false));
    server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => take(request, response, true));
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      // A client that is gone before the answer is no reason to go down.
      socket.on('error', () => socket.destroy());
      if (this.#isOutOfTurn(socket)) return;
      handler.onUpgrade(request, socket, head);
    });
    // Without a listener Node closes the socket; so do we, with the reason in the answer.
    server.on('connect', (_request: IncomingMessage, socket: Duplex) => {
      socket.on('error', () => socket.destroy());
      if (this.#isOutOfTurn(socket)) return;
      this.#onUnreadable('connect');
      const detail = 'The method CONNECT is not passed on.';
      sendRawAnswer(socket, problemAnswer(400, 'request-refused', 'Request refused', detail, REFUSED));
    });
    server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => this.#refuseBytes(error, socket));
  }

  /** From here on the socket is raw: what is written to it would get into the middle of an answer that is under way. */
  #isOutOfTurn(socket: Duplex): boolean {
    if (!isAnswering(socket)) return false;
    this.#onUnreadable('pipelined');
    socket.destroy();
    return true;
  }

  #refuseBytes(error: NodeJS.ErrnoException, socket: Duplex): void {
    const reason = hasRefusedCertificate(socket) ? 'tls' : unreadableReason(error.code);
    this.#onUnreadable(reason);
    // Where there is no TLS, there is nothing to answer in.
    if (error.code === 'ECONNRESET' || reason === 'tls') socket.destroy();
    else afterAnswers(socket, () => sendRawAnswer(socket, this.#answerTo(reason)));
  }

  #answerTo(reason: string): Answer {
    if (reason === 'headers-too-large') {
      const detail = `Request line and headers may take ${this.#limits.header_bytes} bytes.`;
      return problemAnswer(431, 'request-refused', 'Headers too large', detail, REFUSED);
    }
    if (reason === 'timeout') {
      return problemAnswer(408, 'request-refused', 'Request timeout', 'The headers took too long to arrive.', REFUSED);
    }
    return problemAnswer(
      400,
      'request-refused',
      'Request refused',
      'This is no HTTP/1.1 request by RFC 9112.',
      REFUSED,
    );
  }
}

/** Node ends such a connection by itself, as if the client had. */
function hasRefusedCertificate(socket: Duplex): boolean {
  return socket instanceof TLSSocket && !socket.authorized && Boolean(socket.authorizationError);
}

function unreadableReason(code: string | undefined): string {
  if (code?.startsWith('ERR_SSL_') === true || code?.startsWith('ERR_TLS_') === true) return 'tls';
  if (code === 'HPE_HEADER_OVERFLOW') return 'headers-too-large';
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 'timeout';
  if (code === 'ECONNRESET') return 'reset';
  return code?.startsWith('HPE_') === true ? 'malformed' : 'other';
}
