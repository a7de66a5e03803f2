import { createServer } from 'node:http';
import { systemClock } from '../core/process/clock.ts';
import { Lifecycle } from '../core/process/lifecycle.ts';
import type { Logger } from '../core/process/logger.ts';
import { closeServer, listen, startOpsServer } from '../core/process/ops-server.ts';
import { createAdminMetrics } from './admin-metrics.ts';
import type { AppExtras } from './app-extras.ts';
import type { AdminConfig } from './config.ts';
import { createApp } from './create-app.ts';
import { createParts, type AdminParts } from './create-parts.ts';

export interface RunningAdminApi {
  readonly parts: AdminParts;
  readonly port: number;
  readonly opsPort: number;
  stop(): Promise<void>;
}

/** The feed is read every poll; a database that has not answered for this long is reported as missing. */
const DATABASE_SILENCE_MS = 15_000;

/** Starts the admin API on a migrated database. @param extras see `AppExtras`; null in production */
export async function runAdminApi(
  config: AdminConfig,
  logger: Logger,
  makeExtras: ((parts: AdminParts) => AppExtras) | null,
): Promise<RunningAdminApi> {
  const lifecycle = new Lifecycle(logger);
  try {
    const parts = await createParts(config, logger, systemClock);
    lifecycle.onStop('database', () => parts.close());
    await parts.hub.start();
    parts.wake.onWake((topic) => {
      if (topic === 'feed') void parts.hub.wake();
      if (topic === 'outbox') void parts.live.wake();
      // With facts, or after sign-outs, somebody connected may have lost the right to be.
      else void parts.live.check();
    });
    const poll = setInterval(() => void parts.hub.wake(), config.feedPollMs);
    lifecycle.onStop('feed poll', () => clearInterval(poll));
    const livePoll = setInterval(() => void parts.live.check(), config.live.poll_ms);
    lifecycle.onStop('live poll', () => clearInterval(livePoll));

    const metrics = createAdminMetrics(parts);
    const server = createServer(createApp(parts, metrics, makeExtras?.(parts) ?? null));
    const port = await listen(server, config.port, config.host);
    lifecycle.onStop('http server', async () => {
      parts.hub.endAll('shutting down');
      parts.live.endAll();
      await closeServer(server);
    });

    const ops = await startOpsServer({
      host: config.opsHost,
      port: config.opsPort,
      registry: metrics.registry,
      readiness: () => {
        const isReachable = systemClock() - parts.hub.readAtMs < DATABASE_SILENCE_MS;
        return { ready: isReachable, missing: isReachable ? [] : ['database'] };
      },
    });
    lifecycle.onStop('ops server', () => ops.close());
    logger.info({ port, ops_port: ops.port }, 'admin API listening');
    return { parts, port, opsPort: ops.port, stop: () => lifecycle.stop() };
  } catch (error) {
    await lifecycle.stop();
    throw error;
  }
}
