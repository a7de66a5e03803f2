import { performance } from 'node:perf_hooks';
import { newId } from '../core/access/ids.ts';
import { Lifecycle } from '../core/process/lifecycle.ts';
import type { Logger } from '../core/process/logger.ts';
import { startOpsServer, type Readiness } from '../core/process/ops-server.ts';
import type { ProxyConfig, ProxySecrets } from './config.ts';
import { startManagement } from './create-management.ts';
import { startIdentity } from './create-identity-parts.ts';
import { createParts, type ProxyParts } from './create-parts.ts';
import { SYSTEM_TIME, type TimeSources } from './facts/steady-clock.ts';
import { LoggedDecisionLines, type DecisionLines } from './gate/decision-log.ts';
import { readinessOf } from './readiness.ts';
import { createWorkerPool } from './workers/create-worker-pool.ts';
import type { WorkerPool } from './workers/worker-pool.ts';

export interface ProxyOptions {
  readonly config: ProxyConfig;
  readonly secrets: ProxySecrets;
  readonly logger: Logger;
  /** Where the decisions are written; with everything else, if not given. */
  readonly decisionLines?: DecisionLines;
  /** What of the log was dropped so far; nothing, if not given. */
  readonly droppedLogBytes?: () => number;
  /** Where the log of other processes of this sidecar goes; to standard output, if not given. */
  readonly writeLines?: (lines: string) => void;
  /** Where time comes from; the system, if not given. */
  readonly time?: TimeSources;
}

export interface Proxy {
  /** Id of this run of the sidecar, under which the control plane knows it. */
  readonly instance: string;
  /** As bound; what the configuration asked for may have been 0. */
  readonly ports: {
    readonly proxy: number;
    readonly decision: number;
    readonly ops: number;
    /** Where other proxies ask; null where they may not. */
    readonly externalAuth: number | null;
    readonly externalAuthGrpc: number | null;
  };
  readiness(): Readiness;
  /** Resolves once `readiness().ready`. @throws when it takes longer; the error says what is missing */
  whenReady(timeoutMs: number): Promise<void>;
  /** Lets what is under way finish within the grace, cuts the rest, closes everything. */
  stop(): Promise<void>;
}

/** What closing takes beyond the grace that requests get. */
const CLOSE_TIMEOUT_MS = 10_000;

/**
 * The composition root of the data plane. Resolves once all ports listen, which is before there are facts: until then
 * everything is refused and `/readyz` says what is missing.
 * @throws the listen error of a port that is taken
 */
export async function createProxy(options: ProxyOptions): Promise<Proxy> {
  const { config, secrets, logger, time = SYSTEM_TIME } = options;
  const { decisionLines = new LoggedDecisionLines(logger), droppedLogBytes = () => 0 } = options;
  const { writeLines = (lines: string) => void process.stdout.write(lines) } = options;
  const instance = newId('sidecar');
  const lifecycle = new Lifecycle(logger, config.limits.shutdown_grace_ms + CLOSE_TIMEOUT_MS);
  const parts = await createParts({ config, secrets, logger, decisionLines, droppedLogBytes, time, instance });
  const pool = createWorkerPool({ config, secrets, logger, instance, writeLines }, parts);
  const readiness = (): Readiness => withWorkers(readinessOf(parts), pool);
  try {
    const ports = await start(parts, pool, config, lifecycle, readiness);
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

/** In the order in which they may fail; stopped in the reverse of it, the traffic first. */
async function start(
  parts: ProxyParts,
  pool: WorkerPool | null,
  config: ProxyConfig,
  lifecycle: Lifecycle,
  readiness: () => Readiness,
): Promise<Proxy['ports']> {
  const { clock, management, facts, feed, firstUses, live, traffic, trafficServer, decisionServer } = parts;
  const { metrics, tracing, identity, externalAuth, snapshotFile } = parts;
  clock.start();
  lifecycle.onStop('clock', () => clock.stop());
  startIdentity(identity, lifecycle);
  await startManagement(management, lifecycle);
  const ops = await startOpsServer({
    ...config.ops,
    registry: pool === null ? metrics.registry : () => pool.metrics(),
    readiness,
  });
  lifecycle.onStop('ops server', () => ops.close());
  if (tracing !== null) lifecycle.onStop('tracing', () => tracing.stop());
  await snapshotFile?.load();
  snapshotFile?.start();
  lifecycle.onStop('snapshot file', () => snapshotFile?.stop());
  feed.start();
  lifecycle.onStop('feed', async () => {
    firstUses.stop();
    await feed.stop();
    facts.stop();
  });
  const decision = await decisionServer.start(config.decision_api.port, config.decision_api.host);
  lifecycle.onStop('decision API', () => decisionServer.close());
  lifecycle.onStop('external auth', () => externalAuth.close());
  const asked = await externalAuth.start();
  if (pool !== null) {
    lifecycle.onStop('workers', () => pool.stop());
    const shared = await pool.start();
    return { proxy: shared, decision, ops: ops.port, externalAuth: asked.http, externalAuthGrpc: asked.grpc };
  }
  const proxy = await trafficServer.start(config.proxy.port, config.proxy.host);
  lifecycle.onStop('proxy', async () => {
    await trafficServer.drain(config.limits.shutdown_grace_ms);
    live.cutAll('shutting-down');
    trafficServer.closeAll();
    traffic.close();
  });
  return { proxy, decision, ops: ops.port, externalAuth: asked.http, externalAuthGrpc: asked.grpc };
}

function withWorkers(own: Readiness, pool: WorkerPool | null): Readiness {
  if (pool === null) return own;
  const { missing, warnings = [] } = pool.readiness;
  const all = [...own.missing, ...missing];
  return { ready: all.length === 0, missing: all, warnings: [...(own.warnings ?? []), ...warnings] };
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
