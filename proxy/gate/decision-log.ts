import type { ReasonCode } from '../../core/access/reason-code.ts';
import type { Decision } from '../../core/decision/decision.ts';
import type { Logger } from '../../core/process/logger.ts';
import type { ProxyMetrics } from '../proxy-metrics.ts';

export interface LoggedDecision {
  readonly decision: Decision;
  /** Where it differs from what the caller was told. */
  readonly reason: ReasonCode;
  readonly subject: string | null;
  readonly resource: string | null;
  readonly action: string | null;
  /** `proxy`, or `decision-api` when an app asked. */
  readonly via: 'proxy' | 'decision-api';
  readonly durationMs: number;
}

/** One line per decision, joined to everything else by the evaluation id. No path, query, header or token is in it. */
export class DecisionLog {
  readonly #logger: Logger;
  readonly #metrics: ProxyMetrics;
  readonly #onAllowed: (decision: Decision) => void;

  /** @param onAllowed told of every allow, on the way of the request: must be next to nothing */
  constructor(logger: Logger, metrics: ProxyMetrics, onAllowed: (decision: Decision) => void) {
    this.#logger = logger;
    this.#metrics = metrics;
    this.#onAllowed = onAllowed;
  }

  write(logged: LoggedDecision): void {
    const { decision, reason, via, durationMs } = logged;
    if (decision.allow) this.#onAllowed(decision);
    this.#metrics.decisions.inc({ allow: String(decision.allow), reason, via });
    this.#metrics.decisionDuration.observe({ via }, durationMs / 1000);
    if (!this.#logger.isLevelEnabled('info')) return;
    this.#logger.info(
      {
        evaluation_id: decision.evaluation_id,
        subject: logged.subject,
        resource: logged.resource,
        action: logged.action,
        allow: decision.allow,
        reason,
        grants: decision.grants,
        policy_revision: decision.policy_revision,
        via,
        duration_ms: Math.round(durationMs * 1000) / 1000,
      },
      'decision',
    );
  }
}
