import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import type { Logger } from '../core/process/logger.ts';
import { acquireOwnerLock } from './owner-lock.ts';
import { findPostgresBinaries } from './postgres-binaries.ts';
import { endOrphan, initialiseCluster, serverCommand, type Cluster } from './postgres-cluster.ts';
import { startSupervised, type SupervisedProcess } from './postgres-process.ts';
import { choosePostgresUser, giveTo } from './postgres-user.ts';
import { makeSocketDirectory } from './socket-directory.ts';

export interface DatabaseConnection {
  /** The directory of the unix socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
}

export interface EmbeddedPostgres {
  /** For pg and knex. */
  readonly connection: DatabaseConnection;
  /** The same as a URL that pg, knex and psql read. */
  readonly connectionString: string;
  stop(): Promise<void>;
}

const NAME = 'hallpass';
/** Only a part of the socket's name: nothing listens on a network. */
const PORT = 5432;
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 15_000;
const RESTART_DELAY_MS = 500;
const READY_POLL_MS = 15;

/** Small, because it shares a laptop with everything else. fsync stays on: what was acknowledged is kept. */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  max_connections: '200',
  shared_buffers: '32MB',
  max_wal_size: '256MB',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
};

/**
 * Real PostgreSQL in `<dataDir>/postgres`, reachable by a unix socket only. It ends when this process ends, in
 * whatever way, and is started again if it ends by itself.
 * @param options.settings laid over the defaults; names of postgresql.conf
 * @throws AlreadyOwnedError when a living process runs on the same directory
 * @throws Error that says what to do (mostly: set DATABASE_URL) when it can't run here
 */
export async function startEmbeddedPostgres(options: {
  readonly dataDir: string;
  readonly logger: Logger;
  readonly settings?: Readonly<Record<string, string>>;
}): Promise<EmbeddedPostgres> {
  const home = join(resolve(options.dataDir), 'postgres');
  const lock = await acquireOwnerLock(home);
  try {
    if (lock.adopted) options.logger.info({ directory: home }, 'the last owner of the database is gone; taking over');
    const cluster = await prepareCluster(home, { ...SETTINGS, ...options.settings }, options.logger);
    const server = await keepRunning(cluster, options.logger);
    await createDatabase(cluster);
    return {
      connection: connectionTo(cluster, NAME),
      connectionString: `postgresql://${NAME}@localhost:${PORT}/${NAME}?host=${encodeURIComponent(cluster.socketDir)}`,
      stop: async () => {
        await server.stop();
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function prepareCluster(home: string, settings: Record<string, string>, logger: Logger): Promise<Cluster> {
  const binaries = await findPostgresBinaries(join(home, 'lib'));
  // What PostgreSQL owns is a directory of its own: it may belong to another user than the rest.
  const own = join(home, 'cluster');
  await mkdir(own, { recursive: true, mode: 0o700 });
  const data = join(own, `data-${binaries.majorVersion}`);
  await endOrphan(data, logger);
  const user = await choosePostgresUser(binaries.postgres, own);
  const socketDir = await makeSocketDirectory(own);
  if (user.owner !== null) await giveTo(socketDir, user.owner);
  const cluster: Cluster = { superuser: NAME, data, socketDir, binaries, user, settings };
  await initialiseCluster(cluster, logger);
  return cluster;
}

/** Resolves when the first server takes connections; afterwards every one that ends unasked is followed by another. */
async function keepRunning(cluster: Cluster, logger: Logger): Promise<{ stop(): Promise<void> }> {
  const stopping = new AbortController();
  let server = start(cluster, logger);
  const watch = async () => {
    while (!stopping.signal.aborted) {
      const end = await server.ended;
      if (stopping.signal.aborted) return;
      logger.error({ ...end, lastWords: server.lastWords() }, 'the database ended by itself; starting it again');
      await delay(RESTART_DELAY_MS);
      if (!stopping.signal.aborted) server = start(cluster, logger);
    }
  };
  try {
    await waitUntilReady(cluster, server);
  } catch (error) {
    stopping.abort();
    await server.stop(STOP_TIMEOUT_MS);
    throw error;
  }
  const watching = watch();
  return {
    stop: async () => {
      stopping.abort();
      await server.stop(STOP_TIMEOUT_MS);
      await watching;
    },
  };
}

function start(cluster: Cluster, logger: Logger): SupervisedProcess {
  return startSupervised(serverCommand(cluster, PORT), {
    ...cluster.user.spawnOptions,
    env: cluster.binaries.env,
    cwd: cluster.data,
    onLine: (line) => logger.debug({ line }, 'postgres'),
  });
}

function connectionTo(cluster: Cluster, database: string): DatabaseConnection {
  return { host: cluster.socketDir, port: PORT, user: cluster.superuser, database };
}

async function waitUntilReady(cluster: Cluster, server: SupervisedProcess): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  let ended = false;
  void server.ended.then(() => (ended = true));
  for (;;) {
    try {
      await withClient(connectionTo(cluster, 'postgres'), (client) => client.query('select 1'));
      return;
    } catch (error) {
      if (ended) throw new Error(`The embedded PostgreSQL did not start:\n${server.lastWords()}`, { cause: error });
      if (Date.now() > deadline) {
        throw new Error(
          `The embedded PostgreSQL took longer than ${START_TIMEOUT_MS / 1000} s to start:\n${server.lastWords()}`,
          { cause: error },
        );
      }
    }
    await delay(READY_POLL_MS);
  }
}

async function createDatabase(cluster: Cluster): Promise<void> {
  await withClient(connectionTo(cluster, 'postgres'), async (client) => {
    const found = await client.query('select 1 from pg_database where datname = $1', [NAME]);
    if (found.rowCount === 0) await client.query(`create database ${NAME}`);
  });
}

async function withClient<T>(connection: DatabaseConnection, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(connection);
  // A server that goes away while we speak to it fails the query as well, and that error is the one we report.
  client.on('error', () => {});
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end().catch(() => {});
  }
}
