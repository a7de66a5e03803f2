import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { MonotonicClock } from '../facts/steady-clock.ts';
import type { HeaderList } from '../identity/header-list.ts';
import { readTarget } from '../gate/normal-path.ts';
import type { SpanIds } from '../gate/decision-log.ts';
import type { Verdict } from '../gate/verdict.ts';
import { AccessLog } from './access-log.ts';
import { traceIdOf } from './trace-id.ts';
import type { RequestSpan, Tracing } from './tracing.ts';

/** What is told of requests beside their decisions: spans and access lines. Made only where one of them is on. */
export class Telemetry {
  readonly #tracing: Tracing | null;
  readonly #accessLog: AccessLog | null;
  readonly #now: MonotonicClock;

  constructor(tracing: Tracing | null, accessLog: AccessLog | null, now: MonotonicClock) {
    this.#tracing = tracing;
    this.#accessLog = accessLog;
    this.#now = now;
  }

  begin(request: IncomingMessage, kind: 'request' | 'upgrade'): WatchedRequest {
    const span = this.#tracing?.begin(request) ?? null;
    return new WatchedRequest(request, kind, span, this.#accessLog, this.#now);
  }
}

/** One request from its headers to the end of its answer. */
export class WatchedRequest {
  readonly #socket: Socket;
  readonly #kind: 'request' | 'upgrade';
  readonly #span: RequestSpan | null;
  readonly #accessLog: AccessLog | null;
  readonly #now: MonotonicClock;
  readonly #method: string;
  readonly #path: string | null;
  readonly #traceId: string | null;
  readonly #startedAt: number;
  readonly #bytesBefore: number;
  readonly #bytesWrittenBefore: number;
  #verdict: Verdict | null = null;
  #status: number | null = null;
  #isOver = false;

  constructor(
    request: IncomingMessage,
    kind: 'request' | 'upgrade',
    span: RequestSpan | null,
    accessLog: AccessLog | null,
    now: MonotonicClock,
  ) {
    this.#socket = request.socket;
    this.#kind = kind;
    this.#span = span;
    this.#accessLog = accessLog;
    this.#now = now;
    // Read now: whoever forwards may put the upstream's target and headers in their place.
    this.#method = request.method ?? '';
    this.#path = accessLog?.withPath === true ? readTarget(request.url ?? '').path : null;
    this.#traceId = span?.ids.traceId ?? (accessLog === null ? null : traceIdOf(request));
    this.#startedAt = now();
    this.#bytesBefore = this.#socket.bytesRead;
    this.#bytesWrittenBefore = this.#socket.bytesWritten;
  }

  /** undefined where there are no spans. */
  get span(): SpanIds | undefined {
    return this.#span?.ids;
  }

  decided(verdict: Verdict): void {
    this.#verdict = verdict;
    const { decision } = verdict;
    this.#span?.decided({
      evaluationId: decision.evaluation_id,
      allow: decision.allow,
      reason: verdict.allowed ? decision.reason : verdict.loggedReason,
      resource: verdict.allowed ? verdict.standing.resourceKey : verdict.loggedResource,
      action: verdict.allowed ? verdict.standing.action.name : verdict.action,
      route: verdict.allowed ? verdict.route.prefix || '/' : null,
    });
  }

  /** Puts our part of the trace in the place of the client's, so that the upstream's spans hang below ours. */
  mark(headers: HeaderList): void {
    if (this.#span === null) return;
    headers.delete('tracestate');
    for (const [name, value] of Object.entries(this.#span.forwarded())) headers.set(name, value);
  }

  answered(status: number): void {
    this.#status = status;
  }

  /** @param isWhole whether the answer came to its end */
  ended(isWhole: boolean): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#span?.ended(this.#status);
    const verdict = this.#verdict;
    if (this.#accessLog === null || verdict === null) return;
    this.#accessLog.write({
      evaluationId: verdict.decision.evaluation_id,
      traceId: this.#traceId,
      kind: this.#kind,
      method: this.#method,
      path: this.#path,
      status: this.#status,
      isWhole,
      bytesIn: this.#socket.bytesRead - this.#bytesBefore,
      bytesOut: this.#socket.bytesWritten - this.#bytesWrittenBefore,
      durationMs: this.#now() - this.#startedAt,
    });
  }
}
