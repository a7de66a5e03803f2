import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { createLogger } from '../core/process/logger.ts';
import { Lifecycle } from '../core/process/lifecycle.ts';
import { ConfigError, EXIT_CONFIG } from '../core/process/read-config.ts';
import { readQuickstartSettings } from './quickstart-settings.ts';
import { welcome } from './welcome.ts';

const STOP_TIMEOUT_MS = 20_000;

const startedMs = performance.now();
// What children write goes to files in the data directory; the terminal is for people.
const logger = createLogger('quickstart', 'warn');
const lifecycle = new Lifecycle(logger, STOP_TIMEOUT_MS);
const say = (line: string) => process.stdout.write(`${line}\n`);

let asked = false;
function stop(signal: NodeJS.Signals): void {
  if (asked) process.exit(130);
  asked = true;
  say(`\n${signal}: stopping; once more to stop at once`);
  void lifecycle.stop().then(() => process.exit(0));
}
process.on('SIGINT', stop);
process.on('SIGTERM', stop);

try {
  const settings = readQuickstartSettings(process.env, process.cwd());
  // Loaded after the cache is on: most of a warm start is reading code.
  enableCompileCache(join(settings.dataDir, 'compile-cache'));
  const { startQuickstart } = await import('./start-quickstart.ts');
  const { addresses, database, queue } = await startQuickstart({
    settings,
    lifecycle,
    logger,
    say,
    environment: {
      ...environmentForChildren(process.env),
      NODE_COMPILE_CACHE: join(settings.dataDir, 'compile-cache'),
    },
  });
  say(welcome(addresses, { database, queue, dataDir: settings.dataDir }));
  say(`hallpass ready in ${((performance.now() - startedMs) / 1000).toFixed(1)} s; Ctrl-C stops everything`);
} catch (error) {
  if (!asked) {
    process.stderr.write(`\nHallpass could not start.\n${error instanceof Error ? error.message : String(error)}\n`);
    await lifecycle.stop();
    process.exit(error instanceof ConfigError ? EXIT_CONFIG : 1);
  }
}

/** Settings meant for the roots themselves pass through (HALLPASS_FACTS_MAX_AGE_MS, for one); nothing else of ours does. */
function environmentForChildren(environment: NodeJS.ProcessEnv): Record<string, string> {
  const passed = Object.entries(environment).filter(([name]) =>
    /^(HALLPASS_|PATH$|TZ$|NODE_EXTRA_CA_CERTS$)/.test(name),
  );
  return Object.fromEntries(passed.filter((entry): entry is [string, string] => entry[1] !== undefined));
}
