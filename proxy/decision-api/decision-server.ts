import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { closeServer, listen } from '../../core/process/ops-server.ts';
import type { Answer } from '../../core/process/problem-answer.ts';
import { answerHttp } from '../../core/authzen/answer-http.ts';
import { ASKS_ABOUT_ANYBODY } from '../../core/authzen/asker.ts';
import { QuestionAnswerer, type QuestionOptions } from '../../core/authzen/answer-question.ts';
import { internalErrorAnswer, notSignedInAnswer } from '../../core/authzen/decision-answer.ts';
import { metadataOf } from '../../core/authzen/endpoint.ts';
import type { ProxyLimits } from '../config.ts';
import type { AssertionKeys } from '../identity/assertion-keys.ts';
import { keySetAnswer, KEY_SET_PATH } from './key-set-answer.ts';
import { sameSecret } from '../identity/same-secret.ts';
import type { ServerTls } from './read-tls.ts';

export interface DecisionServerOptions extends QuestionOptions {
  readonly limits: ProxyLimits;
  /** What callers must send as a bearer token; null: nothing. */
  readonly token: string | null;
  /** null: where it listens. */
  readonly publicUrl: string | null;
  /** Whose public halves stand at `/.well-known/jwks.json`, for upstreams that verify what is asserted to them. */
  readonly assertionKeys: Pick<AssertionKeys, 'published'>;
  /** Of what is spoken besides. */
  readonly moreMetadata: Readonly<Record<string, unknown>>;
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
    const path = request.url?.split('?', 1)[0] ?? '';
    if (path === KEY_SET_PATH) return keySetAnswer(request.method, this.#options.assertionKeys.published);
    return answerHttp(request, path, {
      questions: this.#questions,
      metadata: () => metadataOf(this.#options.publicUrl ?? this.#listenUrl, this.#options.moreMetadata),
      maxBodyBytes: this.#options.limits.decision_body_bytes,
      admit: (asking) => (this.#mayAsk(asking) ? ASKS_ABOUT_ANYBODY : notSignedInAnswer()),
    });
  }

  #mayAsk(request: IncomingMessage): boolean {
    const { token } = this.#options;
    if (token === null) return true;
    const given = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
    return sameSecret(given, token);
  }
}
