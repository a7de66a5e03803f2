import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { DecisionMemo } from '../core/decision/decision-memo.ts';
import { createMetrics } from '../core/process/metrics.ts';
import { ManagementMetrics } from './management/management-metrics.ts';
import { DecisionCounts } from './decision-counts.ts';
import { FAST_SECONDS, HotCounter, HotHistogram, type HotCount, type HotTimes } from './hot-metrics.ts';

const SLOW_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60];

/** What the gauges read when they are scraped. */
export interface ProxyGauges {
  readonly factsAgeSeconds: () => number;
  readonly clockSkewSeconds: () => number;
  readonly clockUncertaintySeconds: () => number;
  readonly clockInDoubt: () => boolean;
  readonly factsRevision: () => number;
  readonly factCounts: () => Readonly<Record<string, number>>;
  readonly feedConnected: () => boolean;
  readonly liveConnections: () => Readonly<Record<string, number>>;
  readonly verifiedTokens: () => number;
  readonly assertions: () => number;
  readonly policyRevision: () => string | null;
  readonly policyRefused: () => boolean;
}

/** All metrics of the sidecar. Labels come from closed sets, so nobody can make series by sending requests. */
export class ProxyMetrics {
  readonly registry: Registry = createMetrics();
  readonly management = new ManagementMetrics(this.registry);
  readonly decisions: DecisionCounts;
  readonly requestsAllowed: HotTimes;
  readonly requestsDenied: HotTimes;
  readonly uploads: { readonly sized: HotCount; readonly streamed: HotCount };
  readonly cuts: Counter<'reason'>;
  readonly cutDelay: Histogram;
  readonly upstreamFailures: Counter<'failure'>;
  readonly badRequests: Counter<'reason'>;
  readonly feedEvents: Counter<'event'>;
  readonly snapshotFile = new Counter({
    name: 'hallpass_proxy_snapshot_file_events_total',
    help: 'What became of the copy of the facts on disk: loaded or ignored at the start, written, appended to, failed.',
    labelNames: ['event'],
    registers: [this.registry],
  });
  readonly policyLoads: Counter<'result'>;
  readonly spans: Counter<'result'>;
  readonly keyFetches: Counter<'outcome'>;
  readonly tlsLoads: Counter<'result'>;
  readonly externalAuthChecks = new Counter({
    name: 'hallpass_proxy_external_auth_checks_total',
    help: 'Questions of other proxies, by how they asked and what became of it.',
    labelNames: ['dialect', 'outcome'],
    registers: [this.registry],
  });

  constructor() {
    const registers = [this.registry];
    this.decisions = new DecisionCounts(this.registry);
    const requests = new HotHistogram(
      this.registry,
      'hallpass_proxy_request_duration_seconds',
      'From the headers of a request to the end of its answer.',
      SLOW_SECONDS,
    );
    this.requestsAllowed = requests.series({ outcome: 'allowed' });
    this.requestsDenied = requests.series({ outcome: 'denied' });
    const uploads = new HotCounter(
      this.registry,
      'hallpass_proxy_uploads_total',
      'Requests with a body that were forwarded, by whether it was there at once and of known length.',
    );
    this.uploads = { sized: uploads.series({ kind: 'sized' }), streamed: uploads.series({ kind: 'streamed' }) };
    this.cuts = new Counter({
      name: 'hallpass_proxy_cuts_total',
      help: 'Live connections that were cut, by reason.',
      labelNames: ['reason'],
      registers,
    });
    this.cutDelay = new Histogram({
      name: 'hallpass_proxy_cut_delay_seconds',
      help: 'From when the cause of a cut was known here to when both sides were ended.',
      buckets: FAST_SECONDS,
      enableExemplars: true,
      // The library takes exemplars in registries of OpenMetrics only; `expose` shows this one's in that format.
      registers: [],
    });
    this.registry.registerMetric(this.cutDelay);
    this.upstreamFailures = new Counter({
      name: 'hallpass_proxy_upstream_failures_total',
      help: 'Requests that were allowed but that the upstream did not answer.',
      labelNames: ['failure'],
      registers,
    });
    this.badRequests = new Counter({
      name: 'hallpass_proxy_unreadable_requests_total',
      help: 'Bytes that never became a request.',
      labelNames: ['reason'],
      registers,
    });
    this.feedEvents = new Counter({
      name: 'hallpass_proxy_feed_events_total',
      help: 'Connections, disconnections and resyncs of the feed.',
      labelNames: ['event'],
      registers,
    });
    this.policyLoads = new Counter({
      name: 'hallpass_proxy_policy_loads_total',
      help: 'Policy bundles that were taken into use or refused.',
      labelNames: ['result'],
      registers,
    });
    this.spans = new Counter({
      name: 'hallpass_proxy_trace_spans_total',
      help: 'Spans the collector of traces took, or did not.',
      labelNames: ['result'],
      registers,
    });
    this.tlsLoads = new Counter({
      name: 'hallpass_proxy_tls_loads_total',
      help: 'New certificates of the traffic port that were taken into use or refused.',
      labelNames: ['result'],
      registers,
    });
    this.keyFetches = new Counter({
      name: 'hallpass_proxy_key_fetches_total',
      help: 'Fetches of key sets that identities are verified with.',
      labelNames: ['outcome'],
      registers,
    });
  }

  /** @param limits every bound that is a setting (law 15), by name */
  showLimits(limits: Readonly<Record<string, number>>): void {
    const gauge = new Gauge({
      name: 'hallpass_proxy_limit',
      help: 'Configured bounds. The unit is the last part of the name.',
      labelNames: ['name'],
      registers: [this.registry],
      aggregator: 'first',
    });
    for (const [name, value] of Object.entries(limits)) gauge.set({ name }, value);
  }

  watchMemo(memo: DecisionMemo): void {
    const asked = new HotCounter(
      this.registry,
      'hallpass_proxy_remembered_answers_asked_total',
      'Decisions that a remembered answer of the policy was looked for, by whether there was one.',
    );
    asked.follow({ result: 'hit' }, () => memo.counts.hits);
    asked.follow({ result: 'miss' }, () => memo.counts.misses);
    const gauge: Gauge = new Gauge({
      name: 'hallpass_proxy_remembered_answers',
      help: 'Answers of the policy remembered.',
      registers: [this.registry],
      collect: () => gauge.set(memo.size),
    });
  }

  /** @param droppedBytes how many so far */
  watchLog(droppedBytes: () => number): void {
    const counter = new HotCounter(
      this.registry,
      'hallpass_proxy_log_dropped_bytes_total',
      'Log lines that were dropped because nobody read them, in bytes.',
    );
    counter.follow({}, droppedBytes);
  }

  watch(gauges: ProxyGauges): void {
    // Of several processes the worst counts, but for what there is more of with each.
    const number = (
      name: string,
      help: string,
      read: () => number,
      aggregator: 'max' | 'min' | 'sum' = 'max',
    ): void => {
      const collect = (): void => gauge.set(read());
      const gauge: Gauge = new Gauge({ name, help, registers: [this.registry], aggregator, collect });
    };
    const table = (
      name: string,
      help: string,
      label: string,
      read: () => Readonly<Record<string, number>>,
      aggregator: 'max' | 'sum' = 'max',
    ): void => {
      const gauge: Gauge<string> = new Gauge({
        name,
        help,
        labelNames: [label],
        registers: [this.registry],
        aggregator,
        collect: () => {
          gauge.reset();
          for (const [value, count] of Object.entries(read())) gauge.set({ [label]: value }, count);
        },
      });
    };
    number('hallpass_proxy_facts_age_seconds', 'Age of the facts; +Inf before the first.', gauges.factsAgeSeconds);
    number(
      'hallpass_proxy_clock_skew_seconds',
      "This machine's clock less the control plane's; NaN before that was heard.",
      gauges.clockSkewSeconds,
    );
    number(
      'hallpass_proxy_clock_uncertainty_seconds',
      'How exactly the time on the control plane is known; a grant may end early by as much.',
      gauges.clockUncertaintySeconds,
    );
    number('hallpass_proxy_clock_in_doubt', '1 while nobody knows how much time has passed.', () =>
      gauges.clockInDoubt() ? 1 : 0,
    );
    number('hallpass_proxy_facts_revision', 'Feed revision of the facts in use.', gauges.factsRevision, 'min');
    table('hallpass_proxy_facts', 'Facts held, by kind.', 'kind', gauges.factCounts);
    number(
      'hallpass_proxy_feed_connected',
      '1 while the feed is connected.',
      () => (gauges.feedConnected() ? 1 : 0),
      'min',
    );
    table('hallpass_proxy_live_connections', 'What is in flight, by kind.', 'kind', gauges.liveConnections, 'sum');
    number('hallpass_proxy_assertions', 'Signed assertions remembered.', gauges.assertions, 'sum');
    number('hallpass_proxy_verified_tokens', 'Verified tokens remembered.', gauges.verifiedTokens, 'sum');
    table('hallpass_proxy_policy_info', 'The policy in use.', 'revision', () => {
      const revision = gauges.policyRevision();
      return revision === null ? {} : { [revision]: 1 };
    });
    number('hallpass_proxy_policy_refused', '1 while what the source of the policy has is not in use.', () =>
      gauges.policyRefused() ? 1 : 0,
    );
  }
}
