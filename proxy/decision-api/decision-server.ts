import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { closeServer, listen } from '../../core/process/ops-server.ts';
import type { Answer } from '../../core/process/problem-answer.ts';
import { QuestionAnswerer, type QuestionOptions } from '../../core/authzen/answer-question.ts';
import {
  internalErrorAnswer,
  invalidAnswer,
  jsonAnswer,
  notFoundAnswer,
  notSignedInAnswer,
  tooLargeAnswer,
  wrongMethodAnswer,
} from '../../core/authzen/decision-answer.ts';
import { askedAt, metadataOf } from '../../core/authzen/endpoint.ts';
import type { ProxyLimits } from '../config.ts';
import { readBody } from './read-body.ts';
import type { ServerTls } from './read-tls.ts';

/** Metadata changes with the configuration only. */
const METADATA_CACHE = 'max-age=300';

export interface DecisionServerOptions extends QuestionOptions {
  readonly limits: ProxyLimits;
  /** What callers must send as a bearer token; null: nothing. */
  readonly token: string | null;
  /** null: where it listens. */
  readonly publicUrl: string | null;
  /** null: plain HTTP. */
  readonly tls: ServerTls | null;
}

/** The decision API: OpenID AuthZEN Authorization API 1.0 over HTTPS or HTTP (docs/authzen.md). */
export class DecisionServer {
  readonly #options: DecisionServerOptions;
  readonly #questions: QuestionAnswerer;
  readonly #server: Server;
  #listenUrl = '';

  constructor(options: DecisionServerOptions) {
    this.#options = options;
    this.#questions = new QuestionAnswerer(options);
    const { limits, tls } = options;
    const settings = {
      insecureHTTPParser: false,
      maxHeaderSize: limits.header_bytes,
      headersTimeout: limits.headers_timeout_ms,
      requestTimeout: limits.headers_timeout_ms * 3,
      keepAliveTimeout: limits.keep_alive_timeout_ms,
    };
    const serve = (request: IncomingMessage, response: ServerResponse): void => void this.#serve(request, response);
    this.#server = tls === null ? createServer(settings, serve) : createTlsServer({ ...settings, ...tls }, serve);
    this.#server.maxConnections = limits.connections;
  }

  async start(port: number, host: string): Promise<number> {
    const bound = await listen(this.#server, port, host);
    this.#listenUrl = `${this.#options.tls === null ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${bound}`;
    return bound;
  }

  close(): Promise<void> {
    return closeServer(this.#server);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let answer: Answer;
    try {
      answer = await this.#answer(request);
    } catch (error) {
      if (request.destroyed && !request.complete) return;
      this.#options.logger.error({ err: error }, 'a question to the decision API could not be answered');
      answer = internalErrorAnswer();
    }
    // AuthZEN, "Request Identification": an arbitrary string, the same one back. What came as a header fits into one.
    const requestId = request.headers['x-request-id'];
    if (typeof requestId === 'string') response.setHeader('x-request-id', requestId);
    if (!request.complete) response.setHeader('connection', 'close');
    // As bytes: Node writes the headers in the encoding of a body that is text.
    const body = Buffer.from(answer.body);
    response.writeHead(answer.status, { ...answer.headers, 'content-length': body.byteLength });
    response.end(request.method === 'HEAD' ? undefined : body);
  }

  async #answer(request: IncomingMessage): Promise<Answer> {
    const asked = askedAt(request.url?.split('?', 1)[0] ?? '');
    if (asked === null) return notFoundAnswer();
    if (asked === 'metadata') {
      if (request.method !== 'GET' && request.method !== 'HEAD') return wrongMethodAnswer('GET');
      return jsonAnswer(metadataOf(this.#options.publicUrl ?? this.#listenUrl), METADATA_CACHE);
    }
    if (request.method !== 'POST') return wrongMethodAnswer('POST');
    if (!this.#mayAsk(request)) return notSignedInAnswer();
    if (!/^application\/json *(?:;|$)/i.test(request.headers['content-type'] ?? '')) {
      return invalidAnswer([{ field: '', message: 'The body must be JSON; send Content-Type: application/json.' }]);
    }
    const maxBytes = this.#options.limits.decision_body_bytes;
    const body = await readBody(request, maxBytes);
    if (body.ok) return this.#questions.answer(asked, body.text);
    if (body.reason === 'too-large') return tooLargeAnswer(maxBytes);
    return invalidAnswer([{ field: '', message: 'The body is not UTF-8.' }]);
  }

  #mayAsk(request: IncomingMessage): boolean {
    const { token } = this.#options;
    if (token === null) return true;
    const given = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
    return timingSafeEqual(digest(given), digest(token));
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
