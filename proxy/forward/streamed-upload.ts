import { request as httpRequest, type ClientRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import type { Socket } from 'node:net';
import type { Dispatcher } from 'undici';
import { dropRest } from './drop-rest.ts';
import type { Exchange } from './exchange.ts';
import { announcedTrailers, upstreamTrailers } from './request-trailers.ts';
import { UpstreamTimeout } from './upstream-failure.ts';

export interface StreamedUploadOptions {
  /** Scheme, host, port, agent and what else is the same for all. */
  readonly request: RequestOptions;
  readonly connectTimeoutMs: number;
  readonly maxDroppedBytes: number;
  /** Called once, when both sides are done. */
  readonly onOver: (upload: StreamedUpload) => void;
}

/**
 * One upload whose body is passed on as it comes: the headers go first, by themselves, and trailers come last. Speaks to the
 * exchange as undici does.
 */
export class StreamedUpload implements Dispatcher.DispatchController {
  readonly exchange: Exchange;
  readonly #options: StreamedUploadOptions;
  readonly #upstream: ClientRequest;
  #answer: IncomingMessage | null = null;
  #isOver = false;
  aborted = false;
  paused = false;
  reason: Error | null = null;
  rawHeaders: Buffer[] | null = null;
  rawTrailers: Buffer[] | null = null;

  constructor(exchange: Exchange, options: StreamedUploadOptions) {
    this.exchange = exchange;
    this.#options = options;
    const { request, admission } = exchange;
    const { agent, protocol } = options.request;
    const settings: RequestOptions = {
      ...options.request,
      agent,
      method: request.method ?? 'POST',
      path: admission.target,
      headers: this.#headers(),
    };
    this.#upstream = protocol === 'https:' ? httpsRequest(settings) : httpRequest(settings);
    exchange.uploadBegins();
    exchange.onRequestStart(this);
    this.#listen();
    // Or Node would keep them for the first byte of the body.
    this.#upstream.flushHeaders();
    this.#send();
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  abort(reason: Error): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    this.#end(reason);
  }

  pause(): void {
    this.paused = true;
    this.#answer?.pause();
  }

  resume(): void {
    this.paused = false;
    this.#answer?.resume();
  }

  #headers(): Record<string, string | string[]> {
    const { request, admission } = this.exchange;
    const headers = admission.headers.toObject();
    const trailer = announcedTrailers(request.headers.trailer);
    if (trailer !== undefined && headers['transfer-encoding'] !== undefined) headers['trailer'] = trailer;
    // The client reads trailers, and whatever else of TE is between the two of us only (RFC 9110 10.1.4).
    if (/(?:^|,)\s*trailers\s*(?:;|,|$)/i.test(String(request.headers.te ?? ''))) {
      headers['te'] = 'trailers';
      headers['connection'] = 'keep-alive, TE';
    }
    return headers;
  }

  #listen(): void {
    const upstream = this.#upstream;
    upstream.on('socket', (socket) => this.#watchConnecting(socket));
    upstream.on('response', (answer) => this.#begin(answer));
    // Nobody has asked for another protocol.
    upstream.on('upgrade', (_answer, socket) => {
      socket.destroy();
      this.#end(new Error('the upstream switched to another protocol'));
    });
    upstream.on('error', (error) => this.#end(error));
    // With an answer under way it may come while the rest of that is still being read here.
    upstream.on('close', () => {
      if (this.#answer === null) this.#end(new Error('the upstream closed the connection'));
    });
  }

  #watchConnecting(socket: Socket): void {
    if (!socket.connecting) return;
    const timer = setTimeout(
      () => this.#end(new UpstreamTimeout('the upstream could not be connected to in time')),
      this.#options.connectTimeoutMs,
    );
    const isTls = this.#options.request.protocol === 'https:';
    socket.once(isTls ? 'secureConnect' : 'connect', () => clearTimeout(timer));
    socket.once('close', () => clearTimeout(timer));
  }

  #send(): void {
    const { request } = this.exchange;
    const upstream = this.#upstream;
    request.on('data', (chunk: Buffer) => {
      if (!this.#isOver && !upstream.write(chunk)) request.pause();
    });
    upstream.on('drain', () => {
      if (!this.#isOver) request.resume();
    });
    request.on('end', () => {
      if (this.#isOver) return;
      const isChunked = this.exchange.admission.headers.has('transfer-encoding');
      const trailers = isChunked ? upstreamTrailers(request.rawTrailers) : [];
      if (trailers.length > 0) upstream.addTrailers(trailers);
      upstream.end();
      this.exchange.uploadEnds();
    });
    request.resume();
  }

  #begin(answer: IncomingMessage): void {
    this.#answer = answer;
    const { exchange } = this;
    answer.on('data', (chunk: Buffer) => {
      if (!this.#isOver) exchange.onResponseData(this, chunk);
    });
    answer.on('end', () => {
      if (this.#isOver) return;
      // The rest of a body that is answered already is nothing to anybody.
      this.#leave();
      exchange.onResponseEnd(this, plain(answer.trailersDistinct));
    });
    answer.on('error', (error) => this.#end(error));
    answer.on('close', () => this.#end(new Error('the answer of the upstream broke off')));
    exchange.onResponseStart(this, answer.statusCode ?? 0, plain(answer.headersDistinct), answer.statusMessage);
  }

  /** Whatever broke: the exchange knows what to make of it. */
  #end(error: Error): void {
    if (this.#isOver) return;
    this.#leave();
    this.#upstream.destroy();
    this.exchange.onResponseError(this, error);
  }

  #leave(): void {
    this.#isOver = true;
    if (!this.#upstream.writableFinished) this.#upstream.destroy();
    const { request, response } = this.exchange;
    dropRest(request, response, this.#options.maxDroppedBytes);
    this.#options.onOver(this);
  }
}

/** Names to values, as undici has them: a list only where a field came more than once. */
function plain(distinct: NodeJS.Dict<string[]>): IncomingHttpHeaders {
  const headers: NodeJS.Dict<string | string[]> = Object.create(null) as NodeJS.Dict<string | string[]>;
  for (const name in distinct) {
    const values = distinct[name] as string[];
    headers[name] = values.length === 1 ? values[0] : values;
  }
  return headers as IncomingHttpHeaders;
}
