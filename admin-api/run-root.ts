import { createLogger, type Logger } from '../core/process/logger.ts';
import { ConfigError, EXIT_CONFIG } from '../core/process/read-config.ts';
import { readAdminConfig, type AdminConfig } from './config.ts';

/**
 * What every root of the admin API does around its work: read the configuration, stop on signals and when the parent
 * goes away, say what went wrong and exit. Configuration errors exit with 78.
 */
export async function runRoot(
  name: string,
  start: (config: AdminConfig, logger: Logger) => Promise<{ stop(): Promise<void> }>,
): Promise<void> {
  let logger = createLogger(name, 'info');
  try {
    const config = readAdminConfig(process.env);
    logger = createLogger(name, config.logLevel);
    const running = await start(config, logger);
    const stop = () => {
      void running.stop().then(() => process.exit(0));
    };
    process.once('SIGTERM', stop);
    process.once('SIGINT', stop);
    if (process.channel !== undefined) {
      process.channel?.unref();
      process.once('disconnect', stop);
      process.send?.({ type: 'ready' });
    }
  } catch (error) {
    if (error instanceof ConfigError) {
      process.stderr.write(`${error.message}\n`);
      process.exit(EXIT_CONFIG);
    }
    logger.fatal({ err: error }, 'could not start');
    process.exit(1);
  }
}
