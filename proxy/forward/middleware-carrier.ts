import { Agent as HttpAgent, type ClientRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Socket } from 'node:net';
import { createProxyMiddleware, type RequestHandler } from 'http-proxy-middleware';
import { cleanResponseHeaders } from './response-headers.ts';
import { failureOf, UpstreamTimeout, type UpstreamFailure } from './upstream-failure.ts';

export interface MiddlewareCarrierOptions {
  /** Scheme, host and port. */
  readonly origin: string;
  readonly timeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly idleSockets: number;
}

/** Who hears what becomes of one upgrade. */
export interface UpgradeEvents {
  /** Whoever hears this answers, unless an answer has begun. */
  readonly onFailure: (failure: UpstreamFailure, error: Error) => void;
  /** The upstream has switched protocols; from now on frames flow. */
  readonly onOpen: (upstreamSocket: Socket) => void;
  /** What the upstream answered, 101 or otherwise. */
  readonly onAnswer: (status: number) => void;
}

interface Carried {
  readonly events: UpgradeEvents;
  upstreamRequest: ClientRequest | null;
  timer: NodeJS.Timeout | null;
}

/**
 * What http-proxy-middleware carries to one upstream: WebSockets. It decides nothing: no path rewriting, no router, no
 * forwarding headers, no redirects followed, and no `ws: true`, which would subscribe to the server's upgrades past the gate.
 * `request.url` and `request.headers` are sent exactly as the gate has set them.
 */
export class MiddlewareCarrier {
  readonly #options: MiddlewareCarrierOptions;
  readonly #agent: HttpAgent;
  readonly #carrier: RequestHandler;
  readonly #carried = new WeakMap<IncomingMessage, Carried>();
  /** The carrier's `open` names no request; it comes in the same turn as the upgrade that set this. */
  #opening: Carried | null = null;

  constructor(options: MiddlewareCarrierOptions) {
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

  upgrade(request: IncomingMessage, socket: Socket, head: Buffer, events: UpgradeEvents): void {
    const carried = this.#open(request, events);
    socket.once('close', () => {
      stopTimer(carried);
      carried.upstreamRequest?.destroy();
    });
    this.#carrier.upgrade(request, socket, head);
  }

  close(): void {
    this.#agent.destroy();
  }

  #open(request: IncomingMessage, events: UpgradeEvents): Carried {
    const carried: Carried = { events, upstreamRequest: null, timer: null };
    this.#carried.set(request, carried);
    carried.timer = setTimeout(() => {
      carried.upstreamRequest?.destroy(new UpstreamTimeout('the upstream did not answer in time'));
    }, this.#options.timeoutMs);
    carried.timer.unref();
    return carried;
  }

  #listen(server: CarrierEvents): void {
    server.on('proxyReqWs', (upstreamRequest, request) => {
      const carried = this.#carried.get(request);
      if (carried !== undefined) this.#watchUpgrade(carried, upstreamRequest);
    });
    server.on('open', (upstreamSocket) => {
      const carried = this.#opening;
      this.#opening = null;
      upstreamSocket.setTimeout(this.#options.idleTimeoutMs, () => upstreamSocket.destroy());
      carried?.events.onOpen(upstreamSocket);
    });
    server.on('error', (error, request) => {
      const carried = this.#carried.get(request);
      if (carried === undefined) return;
      stopTimer(carried);
      carried.events.onFailure(failureOf(error), error);
    });
  }

  #watchUpgrade(carried: Carried, upstreamRequest: ClientRequest): void {
    carried.upstreamRequest = upstreamRequest;
    upstreamRequest.once('response', (answer: IncomingMessage) => {
      stopTimer(carried);
      carried.events.onAnswer(answer.statusCode ?? 0);
      cleanResponseHeaders(answer);
    });
    upstreamRequest.once('upgrade', (answer: IncomingMessage, upstreamSocket: Socket) => {
      stopTimer(carried);
      const protocol = answer.headers.upgrade?.toLowerCase();
      cleanResponseHeaders(answer);
      answer.headers.connection = 'Upgrade';
      answer.headers.upgrade = 'websocket';
      if (protocol === 'websocket' && answer.statusCode === 101) {
        this.#opening = carried;
        carried.events.onAnswer(101);
        return;
      }
      const error = new Error('the upstream switched to another protocol');
      carried.events.onFailure('unreachable', error);
      upstreamSocket.destroy();
    });
  }
}

/** The events of the carrier's server that are used here. */
interface CarrierEvents {
  on(event: 'proxyReqWs', listener: (upstreamRequest: ClientRequest, request: IncomingMessage) => void): unknown;
  on(event: 'open', listener: (upstreamSocket: Socket) => void): unknown;
  on(event: 'error', listener: (error: Error, request: IncomingMessage) => void): unknown;
}

function stopTimer(carried: Carried): void {
  if (carried.timer !== null) clearTimeout(carried.timer);
  carried.timer = null;
}
