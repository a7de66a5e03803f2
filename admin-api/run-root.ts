import { createLogger, type Logger } from '../core/process/logger.ts';
import { ConfigError, EXIT_CONFIG } from '../core/process/read-config.ts';
import { readAdminConfig, type AdminConfig } from './config.ts';

/**
 * What every root of the admin API does around its work, on the process it hands in: read the configuration, stop on signals and when the parent
 * goes away, say what went wrong and exit. Configuration errors exit with 78.
 */
export async function runRoot(
  host: NodeJS.Process,
  name: string,
  start: (config: AdminConfig, logger: Logger) => Promise<{ stop(): Promise<void> }>,
): Promise<void> {
  let logger = createLogger(name, 'info');
  try {
    const config = readAdminConfig(host.env);
    logger = createLogger(name, config.logLevel);
    const running = await start(config, logger);
    const stop = () => {
      void running.stop().then(() => host.exit(0));
    };
    host.once('SIGTERM', stop);
    host.once('SIGINT', stop);
    if (host.channel !== undefined) {
      host.channel?.unref();
      host.once('disconnect', stop);
      host.send?.({ type: 'ready' });
    }
  } catch (error) {
    if (error instanceof ConfigError) {
      host.stderr.write(`${error.message}\n`);
      host.exit(EXIT_CONFIG);
    }
    logger.fatal({ err: error }, 'could not start');
    host.exit(1);
  }
}
