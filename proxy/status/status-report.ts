import type { BundleTimes, PolicyProblem } from '../policy/policy-holder.ts';

/** How Go writes a time that was never set; who reads OPA's status expects it. */
const NEVER = '0001-01-01T00:00:00Z';

export interface StatusFacts {
  readonly labels: Readonly<Record<string, string>>;
  readonly bundle: {
    readonly name: string;
    readonly revision: string | null;
    readonly bytes: number;
    readonly times: Readonly<BundleTimes>;
    readonly problem: PolicyProblem | null;
  };
  /** null: decisions are not uploaded. */
  readonly decisionLogs: {
    readonly problem: PolicyProblem | null;
    readonly metrics: Readonly<Record<string, number>>;
  } | null;
  /** What keeps the sidecar from its work. */
  readonly missing: readonly string[];
  readonly metrics: Readonly<Record<string, number>>;
}

/** One update as OPA posts it (OPA documentation, "Status", section "Status Service API"). */
export function statusReport(facts: StatusFacts): object {
  const { labels, bundle, decisionLogs, missing, metrics } = facts;
  const { times, problem } = bundle;
  return {
    labels,
    bundles: {
      [bundle.name]: {
        name: bundle.name,
        type: 'snapshot',
        ...(bundle.revision === null ? {} : { active_revision: bundle.revision, size: bundle.bytes }),
        last_successful_activation: timeOf(times.activation),
        last_successful_download: timeOf(times.download),
        last_successful_request: timeOf(times.successfulRequest),
        last_request: timeOf(times.request),
        ...errorOf('bundle_error', problem),
      },
    },
    ...(decisionLogs === null
      ? {}
      : { decision_logs: { ...errorOf('decision_log_error', decisionLogs.problem), metrics: decisionLogs.metrics } }),
    plugins: {
      bundle: plugin(bundle.revision !== null, problem?.message),
      ...(decisionLogs === null ? {} : { decision_logs: { state: 'OK' } }),
      hallpass: plugin(missing.length === 0, missing.join('; ')),
      status: { state: 'OK' },
    },
    metrics: { hallpass: metrics },
  };
}

function plugin(isWorking: boolean, message?: string): object {
  return isWorking ? { state: 'OK' } : { state: 'NOT_READY', ...(message === undefined ? {} : { message }) };
}

function timeOf(ms: number | null): string {
  return ms === null ? NEVER : new Date(ms).toISOString();
}

function errorOf(code: string, problem: PolicyProblem | null): object {
  if (problem === null) return {};
  const { message, status } = problem;
  return { code, message, ...(status === null ? {} : { http_code: String(status) }) };
}
