import type { ReasonCode } from '../../core/access/reason-code.ts';
import type { Decision } from '../../core/decision/decision.ts';
import type { Logger } from '../../core/process/logger.ts';
import type { Via } from '../decision-counts.ts';
import type { ProxyMetrics } from '../proxy-metrics.ts';

export interface LoggedDecision {
  readonly decision: Decision;
  /** Where it differs from what the caller was told. */
  readonly reason: ReasonCode;
  readonly subject: string | null;
  readonly resource: string | null;
  readonly action: string | null;
  /** `proxy`, `decision-api` when an app asked, `external-auth` when another proxy did. */
  readonly via: Via;
  readonly durationMs: number;
  /** The span it was made in, where the sidecar traces. */
  readonly span?: SpanIds | undefined;
}

/** In hexadecimal digits (W3C Trace Context 3.2.2). */
export interface SpanIds {
  readonly traceId: string;
  readonly spanId: string;
}

/** Where the lines go; on the way of every request, so it must be next to nothing. */
export interface DecisionLines {
  write(logged: LoggedDecision): void;
}

/** What is told of every decision, joined to everything else by the evaluation id. No path, query, header or token is in it. */
export class DecisionLog {
  readonly #lines: DecisionLines;
  readonly #metrics: ProxyMetrics;
  readonly #onAllowed: (decision: Decision) => void;

  /** @param onAllowed told of every allow, on the way of the request: must be next to nothing */
  constructor(lines: DecisionLines, metrics: ProxyMetrics, onAllowed: (decision: Decision) => void) {
    this.#lines = lines;
    this.#metrics = metrics;
    this.#onAllowed = onAllowed;
  }

  write(logged: LoggedDecision): void {
    const { decision } = logged;
    if (decision.allow) this.#onAllowed(decision);
    this.#metrics.decisions.count(decision.allow, logged.reason, logged.via, logged.durationMs);
    this.#lines.write(logged);
  }
}

/** Lines among everything else that is logged. */
export class LoggedDecisionLines implements DecisionLines {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  write({ decision, reason, subject, resource, action, via, durationMs }: LoggedDecision): void {
    if (!this.#logger.isLevelEnabled('info')) return;
    this.#logger.info(
      {
        evaluation_id: decision.evaluation_id,
        subject,
        resource,
        action,
        allow: decision.allow,
        reason,
        grants: decision.grants,
        policy_revision: decision.policy_revision,
        via,
        duration_ms: roundMs(durationMs),
      },
      'decision',
    );
  }
}

/** To the microsecond. */
export function roundMs(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
