import { DECISION_ENTRYPOINT } from '../../core/decision/policy-bundle.ts';
import type { LoggedDecision } from '../gate/decision-log.ts';

/** One event as OPA logs it (OPA documentation, "Decision Logs"; `EventV1` of its Go package plugins/logs). */
export interface DecisionEvent {
  readonly labels: Readonly<Record<string, string>>;
  readonly decision_id: string;
  /** And `span_id`: of the span of the request, where the sidecar traces. */
  readonly trace_id?: string;
  readonly span_id?: string;
  readonly bundles?: Readonly<Record<string, { readonly revision: string }>>;
  readonly path: string;
  /** As the policy saw it; left out when none was asked. */
  input?: unknown;
  /** What the policy answered; where none was asked, what the sidecar decided by itself. */
  result?: unknown;
  readonly error?: { readonly code: string; readonly message: string };
  /** What of the sidecar asked: `proxy` or `decision-api`. Who the person is, the input says. */
  readonly requested_by: string;
  /** RFC 3339. */
  readonly timestamp: string;
  readonly metrics: Readonly<Record<string, number>>;
  readonly custom: { readonly hallpass: HallpassFacts };
  erased?: string[];
  masked?: string[];
}

/** What became of it, in Hallpass's words. */
interface HallpassFacts {
  readonly allow: boolean;
  readonly reason: string;
  readonly subject: string | null;
  readonly resource: string | null;
  readonly action: string | null;
  readonly grants: readonly string[];
  /** Whether the policy was asked: no facts, an unknown route or an unreadable token need none. */
  readonly evaluated: boolean;
}

export interface EventFrame {
  readonly labels: Readonly<Record<string, string>>;
  readonly bundleName: string;
}

const NANOSECONDS = 1_000_000;

/** With members that are shared with the decision: whoever changes them copies them first. */
export function decisionEvent(logged: LoggedDecision, { labels, bundleName }: EventFrame): DecisionEvent {
  const { decision, reason, via, span } = logged;
  const { evaluated, allow, policy_revision: revision } = decision;
  const metrics: Record<string, number> = { timer_server_handler_ns: Math.round(logged.durationMs * NANOSECONDS) };
  if (evaluated !== undefined) {
    metrics['timer_rego_query_eval_ns'] = Math.round(evaluated.durationMs * NANOSECONDS);
  }
  return {
    labels,
    decision_id: decision.evaluation_id,
    ...(span === undefined ? {} : { trace_id: span.traceId, span_id: span.spanId }),
    ...(revision === null ? {} : { bundles: { [bundleName]: { revision } } }),
    path: DECISION_ENTRYPOINT,
    ...(evaluated === undefined
      ? { result: { allow, reason } }
      : { input: evaluated.input, ...(evaluated.answer === undefined ? {} : { result: evaluated.answer }) }),
    ...(evaluated?.failed === true ? { error: { code: 'policy_error', message: 'the policy failed' } } : {}),
    requested_by: via,
    timestamp: new Date(decision.evaluated_at).toISOString(),
    metrics,
    custom: {
      hallpass: {
        allow,
        reason,
        subject: logged.subject,
        resource: logged.resource,
        action: logged.action,
        grants: decision.grants,
        evaluated: evaluated !== undefined,
      },
    },
  };
}
