import { performance } from 'node:perf_hooks';
import { newId } from '../core/access/ids.ts';
import { createDenialKey } from '../core/decision/denial-token.ts';
import { createOpaPolicyEngine } from '../core/decision/opa-policy-engine.ts';
import { readPolicyBundle } from '../core/decision/policy-bundle.ts';
import { systemClock, type Clock } from '../core/process/clock.ts';
import { Lifecycle } from '../core/process/lifecycle.ts';
import type { Logger } from '../core/process/logger.ts';
import { startOpsServer, type Readiness } from '../core/process/ops-server.ts';
import { servedPatterns, type ProxyConfig, type ProxySecrets } from './config.ts';
import { DecisionServer } from './decision-api/decision-server.ts';
import { FactSource } from './facts/fact-source.ts';
import { FeedReader } from './facts/feed-reader.ts';
import { ForwardTraffic } from './forward-traffic.ts';
import { LiveConnections } from './forward/live-connections.ts';
import { AccessRequestLinks } from './gate/access-request-link.ts';
import { DecisionLog } from './gate/decision-log.ts';
import { Gate } from './gate/gate.ts';
import { Judge } from './gate/judge.ts';
import { RouteTable } from './gate/route-table.ts';
import { JwtIdentity } from './identity/jwt-identity.ts';
import { PolicyHolder, type PolicyLoader } from './policy/policy-holder.ts';
import { ProxyMetrics } from './proxy-metrics.ts';
import { TrafficServer } from './traffic-server.ts';

const now = (): number => performance.now();

/** Said to the control plane at each connect. */
const VERSION = '0.1.0';

export interface ProxyOptions {
  readonly config: ProxyConfig;
  readonly secrets: ProxySecrets;
  readonly logger: Logger;
  readonly clock?: Clock;
  /** Bytes of a policy bundle -> engine; the compiled Rego of the bundle, if not given. */
  readonly loadPolicy?: PolicyLoader;
}

export interface Proxy {
  /** Id of this run of the sidecar, under which the control plane knows it. */
  readonly instance: string;
  /** As bound; what the configuration asked for may have been 0. */
  readonly ports: { readonly proxy: number; readonly decision: number; readonly ops: number };
  readiness(): Readiness;
  /** Resolves once `readiness().ready`. @throws when it takes longer; the error says what is missing */
  whenReady(timeoutMs: number): Promise<void>;
  /** Lets what is under way finish within the grace, cuts the rest, closes everything. */
  stop(): Promise<void>;
}

const loadOpaPolicy: PolicyLoader = async (bytes) => createOpaPolicyEngine(await readPolicyBundle(bytes));

/**
 * The composition root of the data plane. Resolves once all ports listen, which is before there are facts: until then
 * everything is refused and `/readyz` says what is missing.
 * @throws the listen error of a port that is taken
 */
export async function createProxy(options: ProxyOptions): Promise<Proxy> {
  const { config, secrets, logger } = options;
  const clock = options.clock ?? systemClock;
  const { limits } = config;
  const instance = newId('sidecar');
  const lifecycle = new Lifecycle(logger, limits.shutdown_grace_ms + 10_000);
  const metrics = new ProxyMetrics();
  const denialKey = await createDenialKey();

  const policy = new PolicyHolder(
    config.policy.bundle,
    options.loadPolicy ?? loadOpaPolicy,
    config.policy.poll_ms,
    logger,
  );
  const facts = new FactSource(config.facts.max_age_ms, now);
  const judge = new Judge(facts, policy, clock, (error) =>
    logger.error({ err: error }, 'the policy failed while deciding'),
  );
  const live = new LiveConnections({
    judge,
    facts: () => facts.facts,
    clock,
    now,
    sliceMs: limits.slice_ms,
    onCut: ({ connection, reason, delayMs }) => {
      metrics.cuts.inc({ reason });
      metrics.cutDelay.observe(delayMs / 1000);
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
    },
  });
  facts.onEvent((event, sinceMs) => live.factsChanged(event, sinceMs));
  policy.onEvent(({ kind }) => {
    metrics.policyLoads.inc({ result: kind });
    if (kind === 'swapped') live.policyChanged(now());
  });

  const identity = new JwtIdentity(config.identity.jwt, limits, clock);
  const gate = new Gate(
    {
      publicUrl: config.public_url,
      consoleUrl: config.console_url,
      identityCookie: config.identity.jwt.cookie ?? null,
      maxHeaderCount: limits.header_count,
    },
    new RouteTable(config.routes),
    identity,
    judge,
  );
  const links = new AccessRequestLinks(config.public_url, config.console_url, denialKey);
  const log = new DecisionLog(logger, metrics);
  const traffic = new ForwardTraffic({ gate, links, live, log, metrics, logger, limits, now });
  const trafficServer = new TrafficServer(traffic, limits, (reason) => metrics.badRequests.inc({ reason }));
  const decisionServer = new DecisionServer({
    judge,
    links,
    log,
    logger,
    limits,
    now,
    token: secrets.decisionToken,
    publicUrl: config.decision_api.public_url ?? null,
  });
  const feed = new FeedReader({
    controlUrl: config.control_plane.url,
    token: secrets.feedToken,
    instance,
    patterns: servedPatterns(config),
    registration: () => ({
      public_url: config.public_url,
      resources: servedPatterns(config),
      denial_key: denialKey.publicJwk,
      policy_revision: policy.engine?.revision ?? null,
      version: VERSION,
    }),
    source: facts,
    limits,
    logger,
    now,
    onEvent: (event) => metrics.feedEvents.inc({ event }),
  });

  metrics.showLimits(boundsOf(config));
  metrics.watch({
    factsAgeSeconds: () => facts.ageMs / 1000,
    factsRevision: () => facts.revision,
    factCounts: () => facts.facts?.counts ?? {},
    feedConnected: () => feed.isConnected,
    liveConnections: () => ({ request: live.countOf('request'), upgrade: live.countOf('upgrade') }),
    verifiedTokens: () => identity.cachedTokens,
    policyRevision: () => policy.engine?.revision ?? null,
    policyRefused: () => policy.problem !== null,
  });
  const readiness = (): Readiness => readinessOf(policy, facts);

  try {
    await policy.start();
    lifecycle.onStop('policy', () => policy.stop());
    const ops = await startOpsServer({ ...config.ops, registry: metrics.registry, readiness });
    lifecycle.onStop('ops server', () => ops.close());
    feed.start();
    lifecycle.onStop('feed', async () => {
      await feed.stop();
      facts.stop();
    });
    const decisionPort = await decisionServer.start(config.decision_api.port, config.decision_api.host);
    lifecycle.onStop('decision API', () => decisionServer.close());
    const proxyPort = await trafficServer.start(config.proxy.port, config.proxy.host);
    lifecycle.onStop('proxy', async () => {
      await trafficServer.drain(limits.shutdown_grace_ms);
      live.cutAll('shutting-down');
      trafficServer.closeAll();
      traffic.close();
    });
    const ports = { proxy: proxyPort, decision: decisionPort, ops: ops.port };
    logger.info({ instance, ...ports }, 'the sidecar listens');
    return {
      instance,
      ports,
      readiness,
      whenReady: (timeoutMs) => untilReady(readiness, timeoutMs),
      stop: () => lifecycle.stop(),
    };
  } catch (error) {
    await lifecycle.stop();
    throw error;
  }
}

/** A policy file that is refused while an older policy still serves does not make the sidecar unready: it is told apart. */
function readinessOf(policy: PolicyHolder, facts: FactSource): Readiness {
  const missing: string[] = [];
  if (policy.engine === null) missing.push(policy.problem === null ? 'policy' : `policy: ${policy.problem}`);
  const state = facts.inUse();
  if (state === 'facts-missing') missing.push('facts: no snapshot has arrived yet');
  if (state === 'facts-stale') missing.push(`facts: nothing heard for ${Math.round(facts.ageMs)} ms`);
  const ready = missing.length === 0;
  if (ready && policy.problem !== null) return { ready, missing: [`newest policy file: ${policy.problem}`] };
  return { ready, missing };
}

async function untilReady(readiness: () => Readiness, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const { ready, missing } = readiness();
    if (ready) return;
    if (performance.now() > deadline) throw new Error(`The sidecar is not ready. Missing: ${missing.join('; ')}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
}

function boundsOf(config: ProxyConfig): Record<string, number> {
  return { ...config.limits, facts_max_age_ms: config.facts.max_age_ms, policy_poll_ms: config.policy.poll_ms };
}
