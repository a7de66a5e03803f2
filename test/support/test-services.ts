import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client } from 'pg';
import { createLogger } from '../../core/process/logger.ts';
import { startEmbeddedPostgres } from '../../quickstart/embedded-postgres.ts';
import { migrateDatabase } from './migrate-database.ts';
import { startPostgresServer } from './postgres-server.ts';
import { startRedisServer } from './redis-server.ts';
import { makeTemporaryDirectory } from './temporary-directory.ts';

export const PROFILES = ['embedded', 'server'] as const;
/** `embedded`: our own PostgreSQL, queue in it. `server`: PostgreSQL over TCP with a password, queue in Redis. */
export type Profile = (typeof PROFILES)[number];

/** Made once per cluster; every test database is a copy of it. */
export const TEMPLATE_DATABASE = 'hallpass_template';
const DATABASES_PER_REDIS = 1000;

/** A throw-away cluster can skip what guards against a power cut. */
const FAST_AND_FORGETFUL = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

interface Started {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * The databases of one test run, each started when the first test asks for it. Tests run in other processes, so they
 * ask over HTTP (`askTestServices`); the address is in HALLPASS_TEST_SERVICES.
 * HALLPASS_TEST_DATABASE_URL and HALLPASS_TEST_REDIS_URL name servers to use in place of our own.
 */
export class TestServices {
  readonly #running = new Map<string, Promise<Started>>();
  readonly #given: { readonly databaseUrl: string | undefined; readonly redisUrl: string | undefined };
  #server: Server | undefined;
  #redisDatabases = 0;

  constructor(given: { readonly databaseUrl: string | undefined; readonly redisUrl: string | undefined }) {
    this.#given = given;
  }

  /** @returns the address to put into HALLPASS_TEST_SERVICES */
  async listen(): Promise<string> {
    const server = createServer(async (request, response) => {
      try {
        response.end(await this.#answer(request.url ?? '/'));
      } catch (error) {
        response.writeHead(500).end(error instanceof Error ? error.message : String(error));
      }
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections();
    this.#server?.close();
    const started = await Promise.allSettled(this.#running.values());
    await Promise.all(started.map((service) => (service.status === 'fulfilled' ? service.value.stop() : undefined)));
  }

  async #answer(path: string): Promise<string> {
    if (path === '/database/embedded') return (await this.#once('embedded', startEmbedded)).url;
    if (path === '/database/server') return (await this.#once('server', () => this.#startServer())).url;
    if (path === '/redis') {
      const { url } = await this.#once('redis', () => this.#startRedis());
      // Each one who asks gets a numbered database of their own, so that tests don't see each other's jobs.
      this.#redisDatabases += 1;
      return new URL(`/${this.#redisDatabases % DATABASES_PER_REDIS}`, url).href;
    }
    throw new Error(`no test service at ${path}`);
  }

  #once(name: string, start: () => Promise<Started>): Promise<Started> {
    let running = this.#running.get(name);
    if (running === undefined) {
      running = start();
      this.#running.set(name, running);
    }
    return running;
  }

  async #startServer(): Promise<Started> {
    const { databaseUrl } = this.#given;
    const server = databaseUrl === undefined ? await startPostgresServer() : notOurs(databaseUrl);
    await makeTemplate(server.url);
    return server;
  }

  async #startRedis(): Promise<Started> {
    const { redisUrl } = this.#given;
    return redisUrl === undefined ? startRedisServer(DATABASES_PER_REDIS) : notOurs(redisUrl);
  }
}

function notOurs(url: string): Started {
  return { url, stop: async () => {} };
}

async function startEmbedded(): Promise<Started> {
  const directory = await makeTemporaryDirectory('db');
  const database = await startEmbeddedPostgres({
    dataDir: directory.path,
    logger: createLogger('test-database', 'error'),
    settings: FAST_AND_FORGETFUL,
  });
  await makeTemplate(database.connectionString);
  const stop = async () => {
    await database.stop();
    await directory.remove();
  };
  return { url: database.connectionString, stop };
}

async function makeTemplate(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`drop database if exists ${TEMPLATE_DATABASE} with (force)`);
    await client.query(`create database ${TEMPLATE_DATABASE}`);
    await migrateDatabase(withDatabase(url, TEMPLATE_DATABASE));
  } finally {
    await client.end();
  }
}

export function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}
