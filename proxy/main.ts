import { createLogger } from '../core/process/logger.ts';
import { ConfigError, EXIT_CONFIG } from '../core/process/read-config.ts';
import { createProxy, type Proxy } from './create-proxy.ts';
import { LoggedDecisionLines } from './gate/decision-log.ts';
import { FastDecisionLines } from './gate/fast-decision-lines.ts';
import { prepareHeap } from './heap.ts';
import { LogDestination } from './log-destination.ts';
import { readProxyConfig } from './read-proxy-config.ts';

/** The sidecar as a process of its own: `HALLPASS_PROXY_CONFIG=proxy/example.yaml HALLPASS_FEED_TOKEN=… node proxy/main.ts`. */
async function main(): Promise<void> {
  const { config, secrets } = readProxyConfig(process.env);
  const destination = new LogDestination(config.limits.log_unread_bytes);
  process.on('exit', () => destination.flushSync());
  const logger = createLogger('proxy', config.log_level, destination);
  // It looks for no secrets: the record of a decision has no field for one.
  const decisionLines = logger.isLevelEnabled('info')
    ? new FastDecisionLines((line) => destination.write(line), 'proxy')
    : new LoggedDecisionLines(logger);
  let proxy: Proxy | null = null;
  let isStopping = false;
  const stop = (why: string): void => {
    if (isStopping) return;
    isStopping = true;
    logger.info({ why }, 'the sidecar stops');
    // Now, so that a reader who is gone is noticed while there is time, and not by the last write of the process.
    destination.flush();
    const stopped = proxy === null ? Promise.resolve() : proxy.stop();
    void stopped.finally(() => process.exit(0));
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  // Started by another process over a channel: when that one is gone, nobody would ever stop this one.
  if (process.channel !== undefined && process.channel !== null) process.on('disconnect', () => stop('disconnect'));
  proxy = await createProxy({
    config,
    secrets,
    logger,
    decisionLines,
    droppedLogBytes: () => destination.droppedBytes,
    writeLines: (lines) => destination.write(lines),
  });
  if (isStopping) await proxy.stop();
}

prepareHeap();
try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(error instanceof ConfigError ? EXIT_CONFIG : 1);
}
