import { Agent as HttpAgent, type ClientRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Socket } from 'node:net';
import { createProxyMiddleware, type RequestHandler } from 'http-proxy-middleware';
import { cleanResponseHeaders } from './response-headers.ts';

export type UpstreamFailure = 'unreachable' | 'timeout';

export interface UpstreamOptions {
  /** Scheme, host and port. */
  readonly origin: string;
  readonly timeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly idleSockets: number;
}

/** Who hears what becomes of one forwarded request. */
export interface ForwardEvents {
  /** Nothing has been answered yet; whoever hears this answers. */
  readonly onFailure: (failure: UpstreamFailure, error: Error) => void;
}

export interface UpgradeEvents extends ForwardEvents {
  /** The upstream has switched protocols; from now on frames flow. */
  readonly onOpen: (upstreamSocket: Socket) => void;
}

class UpstreamTimeout extends Error {
  override readonly name = 'UpstreamTimeout';
}

interface Exchange {
  readonly events: ForwardEvents | UpgradeEvents;
  upstreamRequest: ClientRequest | null;
  timer: NodeJS.Timeout | null;
  bytesSeen: number;
}

/**
 * One upstream. http-proxy-middleware carries the bytes and decides nothing: no path rewriting, no router, no forwarding
 * headers, no redirects followed, and no `ws: true`, which would subscribe to the server's upgrades past the gate.
 * `request.url` and `request.headers` are sent exactly as the gate has set them.
 */
export class Upstream {
  readonly #options: UpstreamOptions;
  readonly #agent: HttpAgent;
  readonly #carrier: RequestHandler;
  readonly #exchanges = new WeakMap<IncomingMessage, Exchange>();
  /** The carrier's `open` names no request; it comes in the same turn as the upgrade that set this. */
  #opening: Exchange | null = null;

  constructor(options: UpstreamOptions) {
    this.#options = options;
    const settings = { keepAlive: true, maxSockets: Infinity, maxFreeSockets: options.idleSockets };
    this.#agent = options.origin.startsWith('https:') ? new HttpsAgent(settings) : new HttpAgent(settings);
    this.#carrier = createProxyMiddleware({
      target: options.origin,
      agent: this.#agent,
      changeOrigin: false,
      prependPath: false,
      xfwd: false,
      ws: false,
      // Its default plugins log URLs with their queries and answer errors with the client's own words.
      ejectPlugins: true,
      plugins: [(server) => this.#listen(server)],
    });
  }

  forward(request: IncomingMessage, response: ServerResponse, events: ForwardEvents): void {
    const exchange = this.#open(request, events);
    response.once('close', () => stopTimer(exchange));
    void this.#carrier(request, response);
  }

  upgrade(request: IncomingMessage, socket: Socket, head: Buffer, events: UpgradeEvents): void {
    const exchange = this.#open(request, events);
    socket.once('close', () => {
      stopTimer(exchange);
      exchange.upstreamRequest?.destroy();
    });
    this.#carrier.upgrade(request, socket, head);
  }

  close(): void {
    this.#agent.destroy();
  }

  #open(request: IncomingMessage, events: ForwardEvents | UpgradeEvents): Exchange {
    const exchange: Exchange = { events, upstreamRequest: null, timer: null, bytesSeen: request.socket.bytesRead };
    this.#exchanges.set(request, exchange);
    this.#arm(request, exchange);
    return exchange;
  }

  /** Runs out when neither the client sends on nor the upstream begins to answer. */
  #arm(request: IncomingMessage, exchange: Exchange): void {
    exchange.timer = setTimeout(() => {
      const { bytesRead } = request.socket;
      if (bytesRead > exchange.bytesSeen && !request.complete) {
        exchange.bytesSeen = bytesRead;
        this.#arm(request, exchange);
        return;
      }
      exchange.upstreamRequest?.destroy(new UpstreamTimeout('the upstream did not answer in time'));
    }, this.#options.timeoutMs);
    exchange.timer.unref();
  }

  #listen(server: CarrierEvents): void {
    server.on('proxyReq', (upstreamRequest, request) => {
      const exchange = this.#exchanges.get(request);
      if (exchange !== undefined) exchange.upstreamRequest = upstreamRequest;
    });
    server.on('proxyRes', (answer, request, response) => {
      const exchange = this.#exchanges.get(request);
      if (exchange !== undefined) stopTimer(exchange);
      cleanResponseHeaders(answer);
      // Left unset, the client's wish to close would be overruled by whatever the carrier puts here.
      answer.headers.connection = response.shouldKeepAlive ? 'keep-alive' : 'close';
    });
    server.on('proxyReqWs', (upstreamRequest, request) => {
      const exchange = this.#exchanges.get(request);
      if (exchange !== undefined) this.#watchUpgrade(exchange, upstreamRequest);
    });
    server.on('open', (upstreamSocket) => {
      const exchange = this.#opening;
      this.#opening = null;
      upstreamSocket.setTimeout(this.#options.idleTimeoutMs, () => upstreamSocket.destroy());
      if (exchange !== null && 'onOpen' in exchange.events) exchange.events.onOpen(upstreamSocket);
    });
    server.on('error', (error, request) => {
      const exchange = this.#exchanges.get(request);
      if (exchange === undefined) return;
      stopTimer(exchange);
      exchange.events.onFailure(error instanceof UpstreamTimeout ? 'timeout' : 'unreachable', error);
    });
  }

  #watchUpgrade(exchange: Exchange, upstreamRequest: ClientRequest): void {
    exchange.upstreamRequest = upstreamRequest;
    upstreamRequest.once('response', (answer: IncomingMessage) => {
      stopTimer(exchange);
      cleanResponseHeaders(answer);
    });
    upstreamRequest.once('upgrade', (answer: IncomingMessage, upstreamSocket: Socket) => {
      stopTimer(exchange);
      const protocol = answer.headers.upgrade?.toLowerCase();
      cleanResponseHeaders(answer);
      answer.headers.connection = 'Upgrade';
      answer.headers.upgrade = 'websocket';
      if (protocol === 'websocket' && answer.statusCode === 101) {
        this.#opening = exchange;
        return;
      }
      const error = new Error('the upstream switched to another protocol');
      exchange.events.onFailure('unreachable', error);
      upstreamSocket.destroy();
    });
  }
}

/** The events of the carrier's server that are used here. */
interface CarrierEvents {
  on(event: 'proxyReq', listener: (upstreamRequest: ClientRequest, request: IncomingMessage) => void): unknown;
  on(
    event: 'proxyRes',
    listener: (answer: IncomingMessage, request: IncomingMessage, response: ServerResponse) => void,
  ): unknown;
  on(event: 'proxyReqWs', listener: (upstreamRequest: ClientRequest, request: IncomingMessage) => void): unknown;
  on(event: 'open', listener: (upstreamSocket: Socket) => void): unknown;
  on(event: 'error', listener: (error: Error, request: IncomingMessage) => void): unknown;
}

function stopTimer(exchange: Exchange): void {
  if (exchange.timer !== null) clearTimeout(exchange.timer);
  exchange.timer = null;
}
