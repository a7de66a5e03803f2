import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Logger } from '../core/process/logger.ts';
import type { ProxyLimits } from './config.ts';
import type { MonotonicClock } from './facts/steady-clock.ts';
import { Exchange, type ExchangeOwner } from './forward/exchange.ts';
import { UpgradedConnection } from './forward/upgraded-connection.ts';
import type { LiveConnection, LiveConnections } from './forward/live-connections.ts';
import type { UpstreamFailure } from './forward/upstream-failure.ts';
import { Upstream } from './forward/upstream.ts';
import type { AccessRequestLinks } from '../core/decision/access-request-link.ts';
import type { DecisionLog } from './gate/decision-log.ts';
import { denialAnswer } from './gate/denial-answer.ts';
import type { Gate } from './gate/gate.ts';
import { problemAnswer, type Answer } from '../core/process/problem-answer.ts';
import { loggedVerdict } from './gate/logged-verdict.ts';
import { sendAnswer, sendRawAnswer } from './gate/send-answer.ts';
import { isWebSocket, type Admission, type Denial, type Verdict } from './gate/verdict.ts';
import type { ProxyMetrics } from './proxy-metrics.ts';
import type { Telemetry, WatchedRequest } from './telemetry/telemetry.ts';
import type { TrafficHandler } from './traffic-server.ts';

export interface ForwardTrafficParts {
  readonly gate: Gate;
  readonly links: AccessRequestLinks;
  readonly live: LiveConnections;
  readonly log: DecisionLog;
  readonly metrics: ProxyMetrics;
  /** null where neither spans nor access lines are wanted. */
  readonly telemetry: Telemetry | null;
  readonly logger: Logger;
  readonly limits: ProxyLimits;
  readonly now: MonotonicClock;
}

/** Gate, then upstream or denial: for requests and upgrades, the same. */
export class ForwardTraffic implements TrafficHandler, ExchangeOwner {
  readonly #parts: ForwardTrafficParts;
  readonly #upstreams = new Map<string, Upstream>();

  constructor(parts: ForwardTrafficParts) {
    this.#parts = parts;
  }

  onRequest(request: IncomingMessage, response: ServerResponse, mustContinue: boolean): void {
    const startedAt = this.#parts.now();
    const watched = this.#parts.telemetry?.begin(request, 'request') ?? null;
    this.#judge(
      request,
      false,
      (verdict) => {
        this.#log(verdict, startedAt, watched);
        watched?.decided(verdict);
        let exchange: Exchange | null = null;
        // It comes once, and one listener is cheaper than one for each who wants to know.
        response.on('close', () => {
          const seconds = (this.#parts.now() - startedAt) / 1000;
          const { requestsAllowed, requestsDenied } = this.#parts.metrics;
          (verdict.allowed ? requestsAllowed : requestsDenied).observe(seconds);
          if (response.headersSent) watched?.answered(response.statusCode);
          watched?.ended(response.writableFinished);
          if (exchange !== null) this.#end(exchange);
        });
        if (!verdict.allowed) {
          // Where the next request begins may be as doubtful as this one was (RFC 9112 6.1, 6.3).
          if (verdict.decision.reason === 'request-refused') response.setHeader('connection', 'close');
          this.#answerDenial(verdict, request, (answer) => this.#send(request, response, answer));
          return;
        }
        if (response.destroyed) return;
        if (mustContinue) response.writeContinue();
        watched?.mark(verdict.headers);
        exchange = this.#forward(verdict, request, response);
      },
      () => this.#send(request, response, internalProblem()),
    );
  }

  onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const startedAt = this.#parts.now();
    const watched = this.#parts.telemetry?.begin(request, 'upgrade') ?? null;
    this.#judge(
      request,
      true,
      (verdict) => {
        this.#log(verdict, startedAt, watched);
        watched?.decided(verdict);
        if (watched !== null) socket.once('close', () => watched.ended(true));
        if (!verdict.allowed) {
          this.#answerDenial(verdict, request, (answer) => refuseUpgrade(socket, answer, watched));
          return;
        }
        if (socket.destroyed) return;
        watched?.mark(verdict.headers);
        this.#upgrade(verdict, request, socket as Socket, head, watched);
      },
      () => refuseUpgrade(socket, internalProblem(), watched),
    );
  }

  close(): void {
    for (const upstream of this.#upstreams.values()) upstream.close();
  }

  /** Whatever goes wrong in here ends in an answer that lets nobody pass (law 1). */
  #judge(request: IncomingMessage, upgrade: boolean, then: (verdict: Verdict) => void, otherwise: () => void): void {
    const fail = (error: unknown): void => {
      this.#parts.logger.error({ err: error }, 'a request could not be judged; it was refused');
      otherwise();
    };
    try {
      const verdict = this.#parts.gate.judge(request, upgrade);
      if (verdict instanceof Promise) verdict.then(then).catch(fail);
      else then(verdict);
    } catch (error) {
      fail(error);
    }
  }

  #forward(admission: Admission, request: IncomingMessage, response: ServerResponse): Exchange {
    const exchange = new Exchange(admission, request, response, this);
    this.#parts.live.add(exchange, admission.decision);
    this.#upstream(admission).forward(exchange);
    return exchange;
  }

  #end(exchange: Exchange): void {
    exchange.leave();
    this.#parts.live.remove(exchange);
  }

  onFailure(exchange: Exchange, failure: UpstreamFailure, error: Error): void {
    const { request, response, admission } = exchange;
    // The client went first: nobody is there to be told.
    if (response.destroyed || request.socket.destroyed) return;
    this.#send(request, response, this.#failureAnswer(failure, error, admission));
  }

  #upgrade(
    admission: Admission,
    request: IncomingMessage,
    socket: Socket,
    head: Buffer,
    watched: WatchedRequest | null,
  ): void {
    const upgraded = new UpgradedConnection(socket, isWebSocket(admission));
    const { decision, standing, identityEndsAt } = admission;
    const connection: LiveConnection = {
      kind: 'upgrade',
      standing,
      identityEndsAt,
      evaluationId: decision.evaluation_id,
      grants: decision.grants,
      expiresAt: null,
      place: -1,
      cut: (reason) => upgraded.cut(reason),
    };
    this.#parts.live.add(connection, decision);
    socket.once('close', () => this.#parts.live.remove(connection));
    let isAnswered = false;
    this.#upstream(admission).upgrade(admission, request, socket, head, {
      onOpen: (upstreamSocket) => upgraded.join(upstreamSocket),
      onAnswer: (status) => {
        isAnswered = true;
        watched?.answered(status);
      },
      onFailure: (failure, error) => {
        if (socket.destroyed) return;
        // In the middle of an answer, one of ours would be read as a part of it.
        if (isAnswered) socket.destroy();
        else refuseUpgrade(socket, this.#failureAnswer(failure, error, admission), watched);
      },
    });
  }

  #upstream({ route }: Admission): Upstream {
    let upstream = this.#upstreams.get(route.upstreamOrigin);
    if (upstream === undefined) {
      const { limits } = this.#parts;
      upstream = new Upstream({
        origin: route.upstreamOrigin,
        connectTimeoutMs: limits.upstream_connect_timeout_ms,
        stillness: { answerMs: limits.upstream_timeout_ms, bodyMs: limits.upstream_body_timeout_ms },
        idleTimeoutMs: limits.idle_timeout_ms,
        idleSockets: limits.upstream_idle_sockets,
        headerBytes: limits.header_bytes,
        maxDroppedBytes: limits.refused_body_bytes,
        firstByteMs: limits.upload_first_byte_ms,
        uploads: this.#parts.metrics.uploads,
      });
      this.#upstreams.set(route.upstreamOrigin, upstream);
    }
    return upstream;
  }

  #failureAnswer(failure: UpstreamFailure, error: Error, admission: Admission): Answer {
    const { evaluation_id } = admission.decision;
    this.#parts.metrics.upstreamFailures.inc({ failure });
    this.#parts.logger.warn(
      { err: error, evaluation_id, resource: admission.standing.resourceKey, failure },
      'the upstream failed',
    );
    return failure === 'timeout'
      ? problemAnswer(
          504,
          'upstream-timeout',
          'Upstream timeout',
          'The service behind this address did not answer in time.',
          {
            evaluation_id,
          },
        )
      : problemAnswer(
          502,
          'upstream-failed',
          'Upstream failed',
          'The service behind this address could not be reached.',
          {
            evaluation_id,
          },
        );
  }

  #answerDenial(denial: Denial, request: IncomingMessage, send: (answer: Answer) => void): void {
    denialAnswer(denial, request.headers, this.#parts.links).then(send, (error: unknown) => {
      this.#parts.logger.error({ err: error }, 'a denial could not be written out');
      send(internalProblem());
    });
  }

  #send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
    const { refused_body_bytes: maxDrainBytes, refused_body_timeout_ms: maxDrainMs } = this.#parts.limits;
    sendAnswer(request, response, answer, { maxDrainBytes, maxDrainMs });
  }

  #log(verdict: Verdict, startedAt: number, watched: WatchedRequest | null): void {
    this.#parts.log.write(loggedVerdict(verdict, 'proxy', this.#parts.now() - startedAt, watched?.span));
  }
}

function refuseUpgrade(socket: Duplex, answer: Answer, watched: WatchedRequest | null): void {
  watched?.answered(answer.status);
  sendRawAnswer(socket, answer);
}

function internalProblem(): Answer {
  return problemAnswer(500, 'internal', 'Internal error', 'The request could not be judged, so it was not passed on.');
}
