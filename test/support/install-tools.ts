import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { findChromium } from './find-chromium.ts';
import { findProgram } from './find-program.ts';
import { findSystemPostgres } from './postgres-server.ts';
import { findSystemRedis } from './redis-server.ts';

interface Tool {
  readonly find: () => string | null;
  /** The Debian packages it is in. */
  readonly packages: readonly string[];
}

const TOOLS: readonly Tool[] = [
  { find: findSystemPostgres, packages: ['postgresql'] },
  { find: findSystemRedis, packages: ['redis-server'] },
  { find: findChromium, packages: ['chromium', 'fonts-dejavu-core'] },
  { find: () => findProgram('nginx'), packages: ['nginx-light'] },
  { find: () => findProgram('caddy'), packages: ['caddy'] },
];

/**
 * Installs what the tests need and this machine lacks: a PostgreSQL server, Redis, Chromium, nginx and Caddy, from Debian's packages.
 * @throws Error in one line that names the packages, where that is not possible (not Debian, or not root)
 */
export function installTools(): void {
  const packages = missingPackages();
  if (packages.length === 0) return;
  const advice = `The tests need these Debian packages, or the same from elsewhere: ${packages.join(' ')}`;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) throw new Error(`${advice}.`);
  console.log(`installing ${packages.join(' ')}`);
  preventDefaultCluster();
  const installed = aptGet(['update']) && aptGet(['install', '--yes', '--no-install-recommends', ...packages]);
  if (!installed || missingPackages().length > 0) throw new Error(`${advice}; apt-get could not install them.`);
}

function missingPackages(): string[] {
  return TOOLS.filter((tool) => tool.find() === null).flatMap((tool) => tool.packages);
}

function aptGet(args: readonly string[]): boolean {
  // RUNLEVEL 1: no package starts a server of its own.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const options = ['-qq', '-o', 'Dpkg::Options::=--force-confold', '-o', 'Dpkg::Use-Pty=0'];
  return spawnSync('apt-get', [...options, ...args], { stdio: ['ignore', 'ignore', 'inherit'], env }).status === 0;
}

/** The package would start a server of its own, which nobody asked for; the tests start theirs. */
function preventDefaultCluster(): void {
  const file = '/etc/postgresql-common/createcluster.conf';
  if (existsSync(file)) return;
  mkdirSync('/etc/postgresql-common', { recursive: true });
  writeFileSync(file, 'create_main_cluster = false\n');
}
