import { existsSync, readFileSync } from 'node:fs';
import { lchown, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../core/process/logger.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';
import { startSupervised } from './postgres-process.ts';
import type { PostgresUser } from './postgres-user.ts';

export interface Cluster {
  readonly superuser: string;
  /** PGDATA; its name holds the major version, because another one can't read it. */
  readonly data: string;
  readonly socketDir: string;
  readonly binaries: PostgresBinaries;
  readonly user: PostgresUser;
  readonly settings: Readonly<Record<string, string>>;
}

const MARKER = '.initialised';
const MAKING = 'making-';
const ORPHAN_TIMEOUT_MS = 20_000;
const ORPHAN_POLL_MS = 20;

/** Makes the data directory, if there is none that was made to the end. */
export async function initialiseCluster(cluster: Cluster, logger: Logger): Promise<void> {
  const parent = dirname(cluster.data);
  // Aside first, then renamed: a start that was killed half-way leaves nothing that looks like a database.
  for (const name of await readdir(parent)) {
    if (name.startsWith(MAKING)) await removeTree(join(parent, name));
  }
  if (existsSync(join(cluster.data, MARKER))) return;
  if (existsSync(cluster.data)) {
    logger.info('the first start of the database was interrupted; doing it again');
    await removeTree(cluster.data);
  }
  const making = join(parent, `${MAKING}${crypto.randomUUID()}`);
  await runInitdb(cluster, making);
  const marker = join(making, MARKER);
  await writeFile(marker, `PostgreSQL ${cluster.binaries.version}\n`);
  if (cluster.user.owner !== null) await lchown(marker, cluster.user.owner.uid, cluster.user.owner.gid);
  await rename(making, cluster.data);
}

function removeTree(directory: string): Promise<void> {
  // The initdb of a killed owner may be on its way out and still remove or write files in there.
  return rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
}

async function runInitdb(cluster: Cluster, directory: string): Promise<void> {
  const command = [
    ...cluster.user.prefix,
    cluster.binaries.initdb,
    `--pgdata=${directory}`,
    `--username=${cluster.superuser}`,
    // Whoever can open the socket is the superuser; the socket's directory is closed to everybody else.
    '--auth=trust',
    '--encoding=UTF8',
    // The same order of text on every system, whatever its C library believes.
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
  ];
  const initdb = startSupervised(command, {
    ...cluster.user.spawnOptions,
    env: cluster.binaries.env,
    cwd: '/',
    onLine: () => {},
  });
  const { code } = await initdb.ended;
  if (code !== 0) {
    throw new Error(`The embedded PostgreSQL could not make its data directory:\n${initdb.lastWords()}`);
  }
}

export function serverCommand(cluster: Cluster, port: number): string[] {
  return [
    ...cluster.user.prefix,
    cluster.binaries.postgres,
    '-D',
    cluster.data,
    '-k',
    cluster.socketDir,
    '-p',
    String(port),
    ...Object.entries(cluster.settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
}

/**
 * A server of a dead owner may still be at its last checkpoint, or may have lost the shell that would have ended it.
 * @throws Error if it does not end
 */
export async function endOrphan(data: string, logger: Logger): Promise<void> {
  const pid = await runningServer(data);
  if (pid === null) return;
  logger.info({ pid }, 'waiting for the last database server on this directory to end');
  const deadline = Date.now() + ORPHAN_TIMEOUT_MS;
  process.kill(pid, 'SIGINT');
  while ((await runningServer(data)) !== null) {
    if (Date.now() > deadline)
      throw new Error(`PostgreSQL process ${pid} on ${data} does not end. Stop it, then start again.`);
    await delay(ORPHAN_POLL_MS);
  }
}

/** The pid in `postmaster.pid`, if it is alive and a server on this very directory. */
async function runningServer(data: string): Promise<number | null> {
  const text = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number(text.split('\n')[0]);
  if (!Number.isInteger(pid) || pid <= 1) return null;
  try {
    process.kill(pid, 0);
  } catch {
    return null;
  }
  // The pid may be somebody else's by now. Linux says whose; elsewhere PostgreSQL's own check of the file decides.
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(data) ? pid : null;
  } catch {
    return null;
  }
}
