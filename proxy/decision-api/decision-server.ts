import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { REASON_TEXT } from '../../core/access/reason-code.ts';
import type { Logger } from '../../core/process/logger.ts';
import { closeServer, listen } from '../../core/process/ops-server.ts';
import type { ProxyLimits } from '../config.ts';
import type { MonotonicClock } from '../facts/freshness.ts';
import type { AccessRequestLinks } from '../gate/access-request-link.ts';
import type { DecisionLog } from '../gate/decision-log.ts';
import type { Judge } from '../gate/judge.ts';
import { problemAnswer, type Answer } from '../gate/problem.ts';
import { evaluateAccess } from './evaluate-access.ts';
import { readEvaluationRequest, type FieldProblem } from './evaluation-request.ts';
import { readBody } from './read-body.ts';

const EVALUATION_PATH = '/access/v1/evaluation';
const METADATA_PATH = '/.well-known/authzen-configuration';
/** AuthZEN, "Request Identification": echoed as it came, so it must be fit for a header. */
const REQUEST_ID = /^[\x21-\x7e]{1,200}$/;

export interface DecisionServerOptions {
  readonly judge: Judge;
  readonly links: AccessRequestLinks;
  readonly log: DecisionLog;
  readonly logger: Logger;
  readonly limits: ProxyLimits;
  readonly now: MonotonicClock;
  /** What callers must send as a bearer token; null: nothing. */
  readonly token: string | null;
  /** null: where it listens. */
  readonly publicUrl: string | null;
}

/** The decision API: OpenID AuthZEN Authorization API 1.0, Access Evaluation and metadata. */
export class DecisionServer {
  readonly #options: DecisionServerOptions;
  readonly #server: Server;
  #listenUrl = '';

  constructor(options: DecisionServerOptions) {
    this.#options = options;
    const { limits } = options;
    this.#server = createServer(
      {
        insecureHTTPParser: false,
        maxHeaderSize: limits.header_bytes,
        headersTimeout: limits.headers_timeout_ms,
        requestTimeout: limits.headers_timeout_ms * 3,
        keepAliveTimeout: limits.keep_alive_timeout_ms,
      },
      (request, response) => void this.#serve(request, response),
    );
    this.#server.maxConnections = limits.connections;
  }

  async start(port: number, host: string): Promise<number> {
    const bound = await listen(this.#server, port, host);
    this.#listenUrl = `http://${host.includes(':') ? `[${host}]` : host}:${bound}`;
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
      answer = problemAnswer(500, 'internal', 'Internal error', 'The question could not be answered; take it as a no.');
    }
    const requestId = request.headers['x-request-id'];
    if (typeof requestId === 'string' && REQUEST_ID.test(requestId)) response.setHeader('x-request-id', requestId);
    if (!request.complete) response.setHeader('connection', 'close');
    response.writeHead(answer.status, { ...answer.headers, 'content-length': Buffer.byteLength(answer.body) });
    response.end(request.method === 'HEAD' ? undefined : answer.body);
  }

  async #answer(request: IncomingMessage): Promise<Answer> {
    const path = request.url?.split('?', 1)[0];
    if (path === METADATA_PATH) return this.#metadata(request.method);
    if (path !== EVALUATION_PATH) {
      return problemAnswer(404, 'not-found', 'Not found', `Try POST ${EVALUATION_PATH} or GET ${METADATA_PATH}.`);
    }
    if (request.method !== 'POST') return wrongMethod('POST');
    if (!this.#mayAsk(request)) {
      const detail = 'The decision API wants its bearer token in the Authorization header.';
      const problem = problemAnswer(401, 'not-signed-in', 'Not authorized', detail);
      return {
        ...problem,
        headers: { ...problem.headers, 'www-authenticate': 'Bearer realm="hallpass-decision-api"' },
      };
    }
    if (!/^application\/json *(?:;|$)/i.test(request.headers['content-type'] ?? '')) {
      const detail = 'The body must be JSON; send Content-Type: application/json.';
      return problemAnswer(415, 'invalid-request', 'Unsupported media type', detail);
    }
    const body = await readBody(request, this.#options.limits.decision_body_bytes);
    if (!body.ok) {
      return body.reason === 'too-large'
        ? problemAnswer(
            413,
            'invalid-request',
            'Content too large',
            `The body may take ${this.#options.limits.decision_body_bytes} bytes.`,
          )
        : invalid([{ field: '', message: 'The body is not UTF-8.' }]);
    }
    return this.#evaluate(body.text);
  }

  async #evaluate(body: string): Promise<Answer> {
    const { judge, links, log, now } = this.#options;
    const startedAt = now();
    const reading = readEvaluationRequest(body);
    if (!reading.ok) return invalid(reading.problems);
    const { request } = reading;
    const evaluation = await evaluateAccess(request, judge, links);
    if (typeof evaluation === 'string') {
      const problem = problemAnswer(503, 'not-ready', 'Not ready', REASON_TEXT[evaluation], { reason: evaluation });
      return { ...problem, headers: { ...problem.headers, 'retry-after': '2' } };
    }
    log.write({
      decision: evaluation.decision,
      reason: evaluation.reason,
      subject: evaluation.subjectId,
      resource: `${request.resource.type}:${request.resource.id}`,
      action: request.action.name,
      via: 'decision-api',
      durationMs: now() - startedAt,
    });
    return json(evaluation.response);
  }

  #metadata(method: string | undefined): Answer {
    if (method !== 'GET' && method !== 'HEAD') return wrongMethod('GET');
    const base = this.#options.publicUrl ?? this.#listenUrl;
    return json({ policy_decision_point: base, access_evaluation_endpoint: `${base}${EVALUATION_PATH}` });
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

function json(value: object): Answer {
  return {
    status: 200,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: `${JSON.stringify(value)}\n`,
  };
}

function wrongMethod(allow: string): Answer {
  const problem = problemAnswer(405, 'invalid-request', 'Method not allowed', `This address takes ${allow} only.`);
  return { ...problem, headers: { ...problem.headers, allow } };
}

function invalid(errors: readonly FieldProblem[]): Answer {
  const [first] = errors;
  const where = first === undefined || first.field === '' ? '' : `${first.field}: `;
  return problemAnswer(
    400,
    'invalid-request',
    'Invalid request',
    `${where}${first?.message ?? 'It is no evaluation request.'}`,
    {
      errors,
    },
  );
}
