import { STATUS_CODES, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Dispatcher } from 'undici';
import type { StandingQuestion } from '../gate/judge.ts';
import type { Admission } from '../gate/verdict.ts';
import type { LiveConnection } from './live-connections.ts';
import { clientHeaders, clientTrailers } from './response-headers.ts';
import { failureOf, UpstreamTimeout, type UpstreamFailure } from './upstream-failure.ts';

/** Up to here a whole body is written together with its headers, as one string. */
const ONE_WRITE_BYTES = 16_384;
const PLAIN_REASON = /^[\t\x20-\x7e]*$/;

/** Who hears that nothing can be answered, and answers instead. */
export interface ExchangeOwner {
  onFailure(exchange: Exchange, failure: UpstreamFailure, error: Error): void;
}

/** The connection an exchange runs on, which takes the next one when this one is over. */
export interface ExchangeLine {
  release(): void;
  /**
   * Asked when a connection broke before any answer: whether the request will be sent on another one.
   * @param isUnsent nothing of it has left this process
   */
  redial(exchange: Exchange, error: Error, isUnsent: boolean): boolean;
}

/**
 * One request on its way: what undici calls back for it, and what is cut when its right ends. One object for all of
 * that, because there is one per request.
 */
export class Exchange implements LiveConnection, Dispatcher.DispatchHandler {
  readonly kind = 'request';
  readonly admission: Admission;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  grants: readonly string[];
  expiresAt: number | null = null;
  place = -1;
  /** Set by whoever dispatches. */
  line: ExchangeLine | null = null;
  /** Rises with everything that is heard of the upstream, and when the upstream's turn comes. */
  activity = 0;
  /** For `StillnessWatch` alone: the activity it saw last, and since when. */
  seenActivity = -1;
  stillSinceMs = 0;
  readonly #owner: ExchangeOwner;
  #controller: Dispatcher.DispatchController | null = null;
  /** Nobody waits for the answer any more. */
  #isLeft = false;
  #isOver = false;
  #hasHead = false;
  #hasWritten = false;
  #awaitsDrain = false;
  #isPaused = false;
  #isUploading = false;
  #contentLength = -1;
  /** The whole body, where it came in one piece. */
  #body: Buffer | null = null;

  constructor(admission: Admission, request: IncomingMessage, response: ServerResponse, owner: ExchangeOwner) {
    this.admission = admission;
    this.request = request;
    this.response = response;
    this.grants = admission.decision.grants;
    this.#owner = owner;
  }

  get standing(): StandingQuestion {
    return this.admission.standing;
  }

  get identityEndsAt(): number | null {
    return this.admission.identityEndsAt;
  }

  get evaluationId(): string {
    return this.admission.decision.evaluation_id;
  }

  /** Whether the upstream's final answer has begun; interim ones (1xx) don't count. */
  get hasHead(): boolean {
    return this.#hasHead;
  }

  /** What the upstream must do next; null while it is for the client to send or to read on. */
  get owed(): 'answer' | 'body' | null {
    if (this.#isOver || this.#controller === null) return null;
    if (this.#hasHead) return this.#isPaused ? null : 'body';
    return this.#isUploading ? null : 'answer';
  }

  uploadBegins(): void {
    this.#isUploading = true;
  }

  uploadEnds(): void {
    this.#isUploading = false;
    this.activity += 1;
  }

  /** The upstream has stood still for too long. */
  timeOut(): void {
    this.#controller?.abort(new UpstreamTimeout('the upstream stood still for too long'));
  }

  /** Ends both sides at once. */
  cut(): void {
    this.leave();
    this.response.destroy();
    this.request.socket.destroy();
  }

  /** The client is gone, or has all it will get: the upstream is let go of, wherever it is. */
  leave(): void {
    this.#isLeft = true;
    if (!this.#isOver) this.#controller?.abort(new Error('the client is gone'));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    this.activity += 1;
    if (this.#isLeft) controller.abort(new Error('the client is gone'));
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
    reason?: string,
  ): void {
    this.activity += 1;
    // Interim answers are between the upstream and us (RFC 9110 15.2): nobody who asked us asked for them.
    if (status < 200) return;
    this.#hasHead = true;
    const { response } = this;
    if (response.destroyed) {
      controller.abort(new Error('the client is gone'));
      return;
    }
    const length = headers['content-length'];
    if (length !== undefined) this.#contentLength = Number(length);
    const lines = clientHeaders(headers);
    if (reason === undefined || reason === STATUS_CODES[status] || !PLAIN_REASON.test(reason)) {
      response.writeHead(status, lines);
    } else response.writeHead(status, reason, lines);
    // What came with the headers is written with them; what takes its time (an event stream) must not hold them back.
    process.nextTick(flushHead, this);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.activity += 1;
    if (chunk.byteLength === this.#contentLength && !this.#hasWritten) {
      this.#body = chunk;
      return;
    }
    this.#hasWritten = true;
    if (this.response.write(chunk)) return;
    controller.pause();
    this.#isPaused = true;
    if (this.#awaitsDrain) return;
    this.#awaitsDrain = true;
    this.response.on('drain', () => {
      this.#isPaused = false;
      this.activity += 1;
      controller.resume();
    });
  }

  onResponseEnd(_controller: Dispatcher.DispatchController, trailers: IncomingHttpHeaders): void {
    this.#isOver = true;
    this.line?.release();
    const { response } = this;
    const body = this.#body;
    if (body !== null) {
      this.#hasWritten = true;
      // Latin-1 is byte for byte, and a string goes out in one write with the headers.
      if (body.byteLength <= ONE_WRITE_BYTES) response.end(body.toString('latin1'), 'latin1');
      else response.end(body);
      return;
    }
    const passed = clientTrailers(trailers);
    if (passed !== null) response.addTrailers(passed);
    response.end();
  }

  onResponseError(controller: Dispatcher.DispatchController | null, error: Error): void {
    if (this.#isOver) return;
    if (!this.#isLeft && !this.#hasHead && this.line?.redial(this, error, controller === null) === true) return;
    this.#isOver = true;
    this.line?.release();
    if (this.#isLeft) return;
    // Headers are out, so the only honest end is one that shows that something is missing.
    if (this.#hasHead) this.response.destroy();
    else this.fail(failureOf(error), error);
  }

  /** Nothing was answered, and nothing will be but by the owner. */
  fail(failure: UpstreamFailure, error: Error): void {
    this.#owner.onFailure(this, failure, error);
  }

  /** Sends the headers if nothing has taken them along yet. */
  flushHead(): void {
    if (!this.#hasWritten && !this.#isOver && !this.response.destroyed) this.response.flushHeaders();
  }
}

function flushHead(exchange: Exchange): void {
  exchange.flushHead();
}
