import type { Clock } from '../core/process/clock.ts';
import type { Lifecycle } from '../core/process/lifecycle.ts';
import type { Logger } from '../core/process/logger.ts';
import type { Readiness } from '../core/process/ops-server.ts';
import type { ProxyConfig, ProxySecrets } from './config.ts';
import { createDecisionLogging, type DecisionLogging } from './decision-log/create-decision-logging.ts';
import { readClientTls } from './management/client-tls.ts';
import { ServiceClient } from './management/service-client.ts';
import type { BundleSource } from './policy/bundle-source.ts';
import { createPolicy } from './policy/create-policy.ts';
import type { PolicyHolder } from './policy/policy-holder.ts';
import type { ProxyMetrics } from './proxy-metrics.ts';
import { statusReport } from './status/status-report.ts';
import { StatusReporter } from './status/status-reporter.ts';

export interface ManagementOptions {
  readonly config: ProxyConfig;
  readonly secrets: ProxySecrets;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly metrics: ProxyMetrics;
  readonly instance: string;
  readonly version: string;
  readonly bundles?: BundleSource | undefined;
  /** Of the sidecar as a whole. */
  readonly readiness: () => Readiness;
}

/** What OPA calls management: where the policy comes from, and where decisions and status go. */
export interface Management {
  readonly policy: PolicyHolder;
  /** null: nobody wants them. */
  readonly logging: DecisionLogging | null;
  /** null: nobody wants it. */
  readonly status: StatusReporter | null;
}

/** @throws Error that names the setting and the file that can't be read */
export async function createManagement(options: ManagementOptions): Promise<Management> {
  const { config, secrets, logger, clock, metrics } = options;
  const labels = { ...config.labels, id: options.instance, version: options.version };
  const policy = await createPolicy({
    settings: config.policy,
    limits: config.limits,
    token: secrets.policyToken ?? null,
    clock,
    logger,
    keepsPrinted: logger.isLevelEnabled('debug'),
    bundles: options.bundles,
  });
  const logging = await createDecisionLogging({
    settings: config.decision_logs,
    token: secrets.decisionLogToken ?? null,
    frame: { labels, bundleName: config.policy.name },
    rules: () => policy.engine?.logRules ?? null,
    count: (outcome, events = 1) => metrics.management.decisionLogEvents.inc({ outcome }, events),
    onUpload: (result) => metrics.management.decisionLogUploads.inc({ result }),
    logger,
  });
  const status = await createStatus(options, labels, policy, logging);
  if (status !== null) policy.onEvent(() => status.changed());
  metrics.management.watch({
    policyCheckedSeconds: () => (policy.times.successfulRequest ?? 0) / 1_000,
    policySignedSeconds: () => policy.signedAtSeconds ?? 0,
    decisionLogWaiting: () => ({ queue: logging?.sink.queued ?? 0, buffer: logging?.buffer?.events ?? 0 }),
  });
  return { policy, logging, status };
}

/** Stopped after the traffic is: what was decided until then is uploaded. */
export async function startManagement({ policy, logging, status }: Management, lifecycle: Lifecycle): Promise<void> {
  lifecycle.onStop('policy', () => policy.stop());
  logging?.uploader?.start();
  lifecycle.onStop('decision logs', async () => {
    logging?.sink.finish();
    await logging?.uploader?.stop();
  });
  await policy.start();
  status?.start();
  lifecycle.onStop('status', () => status?.stop());
}

async function createStatus(
  { config, secrets, logger, metrics, readiness }: ManagementOptions,
  labels: Readonly<Record<string, string>>,
  policy: PolicyHolder,
  logging: DecisionLogging | null,
): Promise<StatusReporter | null> {
  const settings = config.status;
  if (settings === undefined) return null;
  const { service } = settings;
  const client =
    service === undefined
      ? null
      : new ServiceClient({
          url: `${service.url}${service.resource}`,
          token: secrets.statusToken ?? null,
          tls: await readClientTls(service.tls, 'status.service.tls'),
          timeoutMs: settings.request_timeout_ms,
        });
  return new StatusReporter({
    report: () =>
      statusReport({
        labels,
        bundle: {
          name: config.policy.name,
          revision: policy.engine?.revision ?? null,
          bytes: policy.bytes,
          times: policy.times,
          problem: policy.problem,
        },
        decisionLogs:
          logging?.uploader == null
            ? null
            : {
                problem: logging.uploader.problem,
                metrics: { buffered_events: logging.buffer?.events ?? 0, buffered_bytes: logging.buffer?.bytes ?? 0 },
              },
        missing: readiness().missing,
        metrics: { policy_signed_at_seconds: policy.signedAtSeconds ?? 0 },
      }),
    client,
    print: settings.console
      ? (report) => logger.info({ type: 'openpolicyagent.org/status', ...report }, 'Status Log')
      : null,
    intervalMs: settings.interval_ms,
    requestTimeoutMs: settings.request_timeout_ms,
    onReport: (result) => metrics.management.statusReports.inc({ result }),
    logger,
  });
}

/** The bounds that stand in sections of their own, as `section_name`. */
export function managementLimits(config: ProxyConfig): Readonly<Record<string, number>> {
  const limits: Record<string, number> = {};
  for (const section of ['policy', 'decision_logs', 'status'] as const) {
    for (const [name, value] of Object.entries(config[section] ?? {})) {
      if (typeof value === 'number') limits[`${section}_${name}`] = value;
    }
  }
  const tolerance = config.policy.signing?.clock_tolerance_seconds;
  if (tolerance !== undefined) limits['policy_signing_clock_tolerance_seconds'] = tolerance;
  return limits;
}
