import { performance } from 'node:perf_hooks';
import { DecisionMemo } from '../core/decision/decision-memo.ts';
import { createDenialKey, type DenialKey } from '../core/decision/denial-token.ts';
import type { Logger } from '../core/process/logger.ts';
import type { ProxyConfig, ProxySecrets } from './config.ts';
import type { AssertionKeys } from './identity/assertion-keys.ts';
import { createIdentityParts, identityLimits, type IdentityParts } from './create-identity-parts.ts';
import { createManagement, managementLimits, type Management } from './create-management.ts';
import { accessRequestSupport } from './decision-api/access-request-support.ts';
import { DecisionServer } from './decision-api/decision-server.ts';
import { readTls } from './decision-api/read-tls.ts';
import type { FeedPosition } from './facts/control-plane.ts';
import { createFeed } from './facts/create-feed.ts';
import { ExternalAuthPorts } from './external-auth/external-auth-ports.ts';
import { FactSource } from './facts/fact-source.ts';
import type { FactsFeed } from './facts/facts-feed.ts';
import { FirstUseReport } from './facts/first-use-report.ts';
import { createSnapshotFile } from './facts/create-snapshot-file.ts';
import type { SnapshotFile } from './facts/snapshot-file.ts';
import type { TimeSources } from './facts/steady-clock.ts';
import { TrustedClock } from './facts/trusted-clock.ts';
import { ForwardTraffic } from './forward-traffic.ts';
import { LiveConnections, type Cut } from './forward/live-connections.ts';
import { AccessRequestLinks } from '../core/decision/access-request-link.ts';
import { DecisionLog, type DecisionLines } from './gate/decision-log.ts';
import { Gate } from './gate/gate.ts';
import { Judge } from './gate/judge.ts';
import { RouteTable } from './gate/route-table.ts';
import { identityCookieOf } from './identity/identity-config.ts';
import type { PolicyHolder } from './policy/policy-holder.ts';
import { ProxyMetrics } from './proxy-metrics.ts';
import { readinessOf } from './readiness.ts';
import { AccessLog } from './telemetry/access-log.ts';
import { Telemetry } from './telemetry/telemetry.ts';
import type { Tracing } from './telemetry/tracing.ts';
import { TrafficServer } from './traffic-server.ts';
import type { WorkerLink } from './workers/worker-link.ts';

/** Said to the control plane at each connect. */
const VERSION = '0.1.0';

const now = (): number => performance.now();

export interface PartsOptions {
  readonly config: ProxyConfig;
  readonly secrets: ProxySecrets;
  readonly logger: Logger;
  readonly decisionLines: DecisionLines;
  readonly droppedLogBytes: () => number;
  readonly time: TimeSources;
  readonly instance: string;
  /** Given where this is one of several processes that carry the traffic: what they share. */
  readonly worker?: {
    readonly link: WorkerLink;
    readonly denialKey: DenialKey;
    readonly assertionKeys: AssertionKeys;
  };
}

export interface ProxyParts {
  readonly metrics: ProxyMetrics;
  readonly clock: TrustedClock;
  readonly denialKey: DenialKey;
  readonly policy: PolicyHolder;
  readonly management: Management;
  readonly facts: FactSource;
  /** What is reported as applied: how far this process is, or the slowest of several. */
  readonly applied: { position: () => FeedPosition | null };
  readonly live: LiveConnections;
  readonly snapshotFile: SnapshotFile | null;
  readonly feed: FactsFeed;
  readonly firstUses: FirstUseReport;
  readonly traffic: ForwardTraffic;
  readonly trafficServer: TrafficServer;
  readonly decisionServer: DecisionServer;
  readonly identity: IdentityParts;
  readonly tracing: Tracing | null;
  readonly externalAuth: ExternalAuthPorts;
}

/** All parts of the data plane, joined, with nothing started yet. */
export async function createParts(options: PartsOptions): Promise<ProxyParts> {
  const { config, secrets, logger } = options;
  const { limits } = config;
  const clock = new TrustedClock(limits, options.time);
  const metrics = new ProxyMetrics();
  const denialKey = options.worker?.denialKey ?? (await createDenialKey());
  const facts = new FactSource(config.facts.max_age_ms, clock);
  const readiness = () => readinessOf({ policy, facts, feed, clock });
  const management = await createManagement({
    ...options,
    clock: clock.now,
    metrics,
    version: VERSION,
    readiness,
    bundles: options.worker?.link.bundles,
  });
  const { policy, logging } = management;
  const memo = new DecisionMemo(limits.remembered_answers);
  const onPolicyError = (error: unknown) => logger.error({ err: error }, 'the policy failed while deciding');
  const judge = new Judge(facts, policy, clock.now, onPolicyError, memo, logging === null ? null : clock.steady);
  const live = new LiveConnections({
    judge,
    clock: clock.now,
    now: clock.steady,
    sliceMs: limits.slice_ms,
    onCut: (cut) => recordCut(cut, metrics, logger),
  });
  const identity = await createIdentityParts({
    config,
    clock: clock.now,
    logger,
    metrics,
    assertionKeys: options.worker?.assertionKeys,
  });
  const { trafficTls, assertionKeys } = identity;
  const routes = new RouteTable(config.routes);
  const gate = createGate(config, routes, identity, judge);
  const links = new AccessRequestLinks(config.public_url, config.console_url, denialKey);
  const firstUses = new FirstUseReport((uses) => link.reportFirstUses(uses), limits, logger);
  const lines = logging === null ? options.decisionLines : logging.beside(options.decisionLines);
  const log = new DecisionLog(lines, metrics, (decision) => firstUses.note(decision));
  const tracing = await openTracing(options, metrics);
  const telemetry = createTelemetry(options, tracing);
  const traffic = new ForwardTraffic({ gate, links, live, log, metrics, telemetry, logger, limits, now });
  const onUnreadable = (reason: string): void => metrics.badRequests.inc({ reason });
  const trafficServer = new TrafficServer(traffic, limits, onUnreadable, trafficTls, routes.upgrades);
  const { decisionToken: token } = secrets;
  const { public_url: publicUrl = null, actions, tls: tlsFiles } = config.decision_api;
  const tls = tlsFiles === undefined ? null : await readTls(tlsFiles, 'decision_api.tls');
  const questions = { judge, links, log, logger, limits, now, actions, pageSecret: secrets.feedToken };
  const access = accessRequestSupport(config, links, clock.now);
  const decisionServer = new DecisionServer({ ...questions, ...access, token, publicUrl, tls, assertionKeys });
  const asking = { settings: config.external_auth, token: secrets.externalAuthToken ?? null };
  const externalAuth = await ExternalAuthPorts.create({ ...questions, ...asking, gate, metrics, clock: clock.now });
  metrics.watchMemo(memo);
  metrics.watchLog(options.droppedLogBytes);
  const applied = { position: () => facts.position };
  const link =
    options.worker?.link ??
    createFeed({
      ...options,
      version: VERSION,
      clock,
      source: facts,
      denialKey: denialKey.publicJwk,
      policyRevision: () => policy.engine?.revision ?? null,
      applied: () => applied.position(),
      onEvent: (event) => metrics.feedEvents.inc({ event }),
    });
  const { feed } = link;
  const snapshotFile = createSnapshotFile(options, facts, (event) => metrics.snapshotFile.inc({ event }));
  const core = { metrics, clock, denialKey, policy, management, facts, applied, live, feed, snapshotFile, firstUses };
  const parts = { ...core, traffic, trafficServer, decisionServer, externalAuth, tracing, identity };
  joinEvents(parts);
  showGauges(parts, identity, config);
  return parts;
}

function createGate(
  config: ProxyConfig,
  routes: RouteTable,
  { identities, assertions }: IdentityParts,
  judge: Judge,
): Gate {
  const settings = {
    publicUrl: config.public_url,
    consoleUrl: config.console_url,
    identityCookie: identityCookieOf(config.identity),
    identityHeader: config.identity.proxy_header?.header ?? null,
    assertions,
    maxHeaderCount: config.limits.header_count,
    maxPermits: config.limits.remembered_answers,
    cutsWhenCredentialEnds: config.identity.cut_when_credential_ends,
  };
  return new Gate(settings, routes, identities, judge);
}

/** null, and OpenTelemetry not even loaded, where nobody asked for traces. */
async function openTracing(options: PartsOptions, metrics: ProxyMetrics): Promise<Tracing | null> {
  const { config, secrets, instance } = options;
  const { tracing } = config.telemetry;
  if (tracing === undefined) return null;
  const { Tracing: OpenTelemetryTracing } = await import('./telemetry/tracing.ts');
  return new OpenTelemetryTracing({
    config: tracing,
    headers: secrets.otlpHeaders ?? {},
    version: VERSION,
    instance,
    queueSpans: config.limits.trace_queue_spans,
    batchSpans: config.limits.trace_batch_spans,
    exportDelayMs: config.limits.trace_export_delay_ms,
    exportTimeoutMs: config.limits.trace_export_timeout_ms,
    onExport: (result, spans) => metrics.spans.inc({ result }, spans),
  });
}

function createTelemetry({ config, logger }: PartsOptions, tracing: Tracing | null): Telemetry | null {
  const { enabled, path } = config.telemetry.access_log;
  const accessLog = enabled ? new AccessLog(logger, path) : null;
  return tracing === null && accessLog === null ? null : new Telemetry(tracing, accessLog, now);
}

/** Whatever may take a right away makes what is in flight be judged again (law 3). */
function joinEvents({ clock, facts, feed, policy, live, metrics }: ProxyParts): void {
  facts.onEvent((event, sinceMs) => live.factsChanged(event, sinceMs));
  policy.onEvent(({ kind }) => {
    if (kind === 'swapped' || kind === 'refused') metrics.policyLoads.inc({ result: kind });
    if (kind === 'swapped') live.policyChanged(clock.steady());
  });
  clock.onEvent((event) => {
    if (event === 'doubt') feed.askTime();
    else live.timeJumped();
  });
}

function showGauges(
  { metrics, clock, facts, feed, live, policy }: ProxyParts,
  { identities, assertions }: IdentityParts,
  config: ProxyConfig,
): void {
  metrics.showLimits({
    ...config.limits,
    facts_max_age_ms: config.facts.max_age_ms,
    ...managementLimits(config),
    ...identityLimits(config),
  });
  metrics.watch({
    factsAgeSeconds: () => facts.ageMs / 1000,
    clockSkewSeconds: () => (clock.skewMs ?? Number.NaN) / 1000,
    clockUncertaintySeconds: () => clock.uncertaintyMs / 1000,
    clockInDoubt: () => clock.isInDoubt,
    factsRevision: () => facts.revision,
    factCounts: () => facts.facts?.counts ?? {},
    feedConnected: () => feed.isConnected,
    liveConnections: () => ({ request: live.countOf('request'), upgrade: live.countOf('upgrade') }),
    verifiedTokens: () => identities.cachedTokens,
    assertions: () => assertions?.remembered ?? 0,
    policyRevision: () => policy.engine?.revision ?? null,
    policyRefused: () => policy.problem !== null,
  });
}

function recordCut({ connection, reason, delayMs }: Cut, metrics: ProxyMetrics, logger: Logger): void {
  metrics.cuts.inc({ reason });
  metrics.cutDelay.observe({ value: delayMs / 1000, exemplarLabels: { evaluation_id: connection.evaluationId } });
  logger.info(
    {
      evaluation_id: connection.evaluationId,
      subject: connection.standing.subjectId,
      resource: connection.standing.resourceKey,
      action: connection.standing.action.name,
      kind: connection.kind,
      reason,
      delay_ms: Math.round(delayMs * 1000) / 1000,
    },
    'cut',
  );
}
