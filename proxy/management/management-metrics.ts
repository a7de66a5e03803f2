import { Counter, Gauge, type Registry } from 'prom-client';

/** What the gauges read when they are scraped. */
export interface ManagementGauges {
  readonly policyCheckedSeconds: () => number;
  readonly policySignedSeconds: () => number;
  readonly decisionLogWaiting: () => Readonly<Record<string, number>>;
}

/** Metrics of where the policy comes from and where decision logs and status go. */
export class ManagementMetrics {
  readonly #registry: Registry;
  readonly decisionLogEvents: Counter<'outcome'>;
  readonly decisionLogUploads: Counter<'result'>;
  readonly statusReports: Counter<'result'>;

  constructor(registry: Registry) {
    this.#registry = registry;
    const registers = [registry];
    this.decisionLogEvents = new Counter({
      name: 'hallpass_proxy_decision_log_events_total',
      help: 'What became of decision log events in the format of OPA.',
      labelNames: ['outcome'],
      registers,
    });
    this.decisionLogUploads = new Counter({
      name: 'hallpass_proxy_decision_log_uploads_total',
      help: 'Uploads to the decision log service.',
      labelNames: ['result'],
      registers,
    });
    this.statusReports = new Counter({
      name: 'hallpass_proxy_status_reports_total',
      help: 'Reports of status in the format of OPA.',
      labelNames: ['result'],
      registers,
    });
  }

  watch({ policyCheckedSeconds, policySignedSeconds, decisionLogWaiting }: ManagementGauges): void {
    const registers = [this.#registry];
    const checked: Gauge = new Gauge({
      name: 'hallpass_proxy_policy_checked_timestamp_seconds',
      help: 'When the source of the policy was last heard; 0: never.',
      registers,
      collect: () => checked.set(policyCheckedSeconds()),
    });
    const signed: Gauge = new Gauge({
      name: 'hallpass_proxy_policy_signed_timestamp_seconds',
      help: 'When the newest accepted policy was signed; 0: signatures say no time, or are not looked at.',
      registers,
      collect: () => signed.set(policySignedSeconds()),
    });
    const waiting: Gauge<'stage'> = new Gauge({
      name: 'hallpass_proxy_decision_log_waiting',
      help: 'Decisions on their way to a decision log, by stage.',
      labelNames: ['stage'],
      registers,
      collect: () => {
        for (const [stage, count] of Object.entries(decisionLogWaiting())) waiting.set({ stage }, count);
      },
    });
  }
}
