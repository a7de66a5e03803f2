import { access, constants, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { adminEnvironmentSchema } from '../admin-api/config.ts';
import { openDatabase } from '../admin-api/db/knex.ts';
import { migrateToLatest } from '../admin-api/db/migrate.ts';
import { systemClock } from '../core/process/clock.ts';
import type { Lifecycle } from '../core/process/lifecycle.ts';
import type { Logger } from '../core/process/logger.ts';
import { buildConsole, isConsoleStale } from './build-console.ts';
import { startChildRoot, type ChildRootOptions } from './child-root.ts';
import { choosePorts } from './choose-ports.ts';
import { DEMO_RESOURCES } from './demo-people.ts';
import { DEMO_AUDIENCE, loadSigningKey } from './demo-tokens.ts';
import { startDemoUpstreams } from './demo-upstreams.ts';
import { startEmbeddedPostgres } from './embedded-postgres.ts';
import { loadFeedToken } from './feed-token.ts';
import { acquireOwnerLock } from './owner-lock.ts';
import { proxySettings } from './proxy-settings.ts';
import type { PortName, QuickstartSettings } from './quickstart-settings.ts';
import { loadSecretKey } from './secret-key.ts';
import { seedDemo } from './seed-demo.ts';
import type { Addresses } from './welcome.ts';

const HOST = '127.0.0.1';
const REPOSITORY = dirname(dirname(fileURLToPath(import.meta.url)));
const BUNDLE = join(REPOSITORY, 'policies/bundle/policy.tar.gz');

interface Surroundings {
  readonly settings: QuickstartSettings;
  readonly lifecycle: Lifecycle;
  readonly logger: Logger;
  /** Tells the person at the terminal. */
  readonly say: (line: string) => void;
  /** What every child may see of our environment: HALLPASS_* settings and where programs are. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface Quickstart {
  readonly addresses: Addresses;
  /** For people: no password in it. */
  readonly database: string;
  readonly queue: string;
}

/** Everything, in order; each part is registered to be stopped as soon as it runs. */
export async function startQuickstart(around: Surroundings): Promise<Quickstart> {
  const { settings, lifecycle, say } = around;
  const { dataDir } = settings;
  const lock = await acquireOwnerLock(dataDir);
  lifecycle.onStop('data directory', () => lock.release());
  const ports = await choosePorts(settings.ports, HOST);
  await mkdir(join(dataDir, 'logs'), { recursive: true });

  const [databaseUrl] = await Promise.all([startDatabase(around), bringConsoleUpToDate(say)]);
  const feedToken = await prepareDatabase(databaseUrl, dataDir, say);
  await loadSigningKey(keyFileIn(dataDir));
  const secretKey = await loadSecretKey(join(dataDir, 'secret-key'));
  const auditKey = JSON.stringify(await loadSigningKey(join(dataDir, 'audit-key.json')));
  const demo = await startDemoUpstreams(DEMO_RESOURCES);
  lifecycle.onStop('demo upstreams', () => demo.stop());

  const addresses = addressesOf(ports);
  const proxyConfig = join(dataDir, 'proxy.yaml');
  const proxyPorts = {
    proxy: ports.HALLPASS_PROXY_PORT,
    decision: ports.HALLPASS_DECISION_PORT,
    ops: ports.HALLPASS_PROXY_OPS_PORT,
  };
  const config = proxySettings({
    host: HOST,
    ports: proxyPorts,
    adminUrl: addresses.admin,
    upstreams: demo.upstreams,
    bundle: BUNDLE,
  });
  await writeFile(proxyConfig, `# Written anew at every start of the quickstart.\n${stringify(config)}`);
  await startChildren(around, { databaseUrl, feedToken, secretKey, auditKey, proxyConfig, ports, addresses });

  const embedded = settings.databaseUrl === null;
  await writeFile(
    join(dataDir, 'quickstart.json'),
    `${JSON.stringify({ pid: process.pid, addresses, database_url: embedded ? databaseUrl : null }, null, 2)}\n`,
  );
  return {
    addresses,
    database: embedded ? databaseUrl : `PostgreSQL at ${hostOf(databaseUrl)} (DATABASE_URL)`,
    queue: settings.redisUrl === null ? 'in the same PostgreSQL' : `Redis at ${hostOf(settings.redisUrl)} (REDIS_URL)`,
  };
}

async function startDatabase({ settings, lifecycle, logger }: Surroundings): Promise<string> {
  if (settings.databaseUrl !== null) return settings.databaseUrl;
  const database = await startEmbeddedPostgres({ dataDir: settings.dataDir, logger });
  lifecycle.onStop('database', () => database.stop());
  return database.connectionString;
}

async function bringConsoleUpToDate(say: Surroundings['say']): Promise<void> {
  if (!(await isConsoleStale(REPOSITORY))) return;
  const isWritable = await access(join(REPOSITORY, 'console'), constants.W_OK).then(
    () => true,
    () => false,
  );
  if (!isWritable) {
    say(`the console is older than its sources, but ${REPOSITORY} can't be written; what is there is served`);
    return;
  }
  say('building the console, because it is missing or older than its sources');
  await buildConsole(REPOSITORY);
}

async function prepareDatabase(databaseUrl: string, dataDir: string, say: Surroundings['say']): Promise<string> {
  const knex = openDatabase(databaseUrl, 2);
  try {
    await migrateToLatest(knex);
    if (await seedDemo(knex, systemClock)) say('added the demo people and resources');
    return await loadFeedToken(knex, join(dataDir, 'feed-token'));
  } finally {
    await knex.destroy();
  }
}

interface ChildFacts {
  readonly databaseUrl: string;
  readonly feedToken: string;
  /** 32 bytes in base64; encrypts stored secrets, signs links in mail. */
  readonly secretKey: string;
  /** JWK; signs the head of the audit log. */
  readonly auditKey: string;
  readonly proxyConfig: string;
  readonly ports: Readonly<Record<PortName, number>>;
  readonly addresses: Addresses;
}

async function startChildren(around: Surroundings, facts: ChildFacts): Promise<void> {
  const { settings, lifecycle, say, environment } = around;
  const { ports, addresses } = facts;
  const common = { ...environment, HALLPASS_LOG_LEVEL: settings.logLevel };
  const admin = {
    ...common,
    DATABASE_URL: facts.databaseUrl,
    ...(settings.redisUrl === null ? {} : { REDIS_URL: settings.redisUrl }),
    HALLPASS_ADMIN_HOST: HOST,
    HALLPASS_ADMIN_PORT: String(ports.HALLPASS_ADMIN_PORT),
    HALLPASS_ADMIN_OPS_HOST: HOST,
    HALLPASS_ADMIN_OPS_PORT: String(ports.HALLPASS_ADMIN_OPS_PORT),
    // Not one of the ports people script against; its log says which one it got.
    HALLPASS_WORKER_OPS_PORT: '0',
    HALLPASS_ADMIN_PUBLIC_URL: addresses.admin,
    HALLPASS_POLICY_BUNDLE: BUNDLE,
    HALLPASS_CONSOLE_DIR: join(REPOSITORY, 'console/dist'),
    HALLPASS_JWT_JWKS_URL: `${addresses.admin}/quickstart/jwks.json`,
    HALLPASS_JWT_ISSUER: addresses.admin,
    HALLPASS_JWT_AUDIENCE: DEMO_AUDIENCE,
    HALLPASS_SECRET_KEY: environment['HALLPASS_SECRET_KEY'] || facts.secretKey,
    HALLPASS_AUDIT_SIGNING_KEY: environment['HALLPASS_AUDIT_SIGNING_KEY'] ?? facts.auditKey,
  };
  const proxy = {
    ...withoutControlPlane(common),
    HALLPASS_LOG_LEVEL: settings.logLevel,
    HALLPASS_PROXY_CONFIG: facts.proxyConfig,
    HALLPASS_FEED_TOKEN: facts.feedToken,
    HALLPASS_PROXY_PORT: String(ports.HALLPASS_PROXY_PORT),
    HALLPASS_DECISION_PORT: String(ports.HALLPASS_DECISION_PORT),
    HALLPASS_PROXY_OPS_PORT: String(ports.HALLPASS_PROXY_OPS_PORT),
  };
  const root = (name: string, file: string, rest: Pick<ChildRootOptions, 'args' | 'env' | 'isReady'>) => {
    const logFile = join(settings.dataDir, 'logs', `${name}.log`);
    const child = startChildRoot({ name, file: join(REPOSITORY, file), logFile, say, ...rest });
    lifecycle.onStop(name, () => child.stop());
    return child.ready;
  };
  const isReady = async () => (await fetch(`${addresses.proxy_ops}/readyz`)).ok;
  await Promise.all([
    root('admin-api', 'quickstart/admin-main.ts', { env: admin, args: [keyFileIn(settings.dataDir)] }),
    root('worker', 'admin-api/worker.ts', { env: admin }),
    root('proxy', 'proxy/main.ts', { env: proxy, isReady }),
  ]);
}

/** The sidecar is given no setting of the control plane, secrets among them (law 11). */
function withoutControlPlane(environment: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !(name in adminEnvironmentSchema.shape)));
}

function keyFileIn(dataDir: string): string {
  return join(dataDir, 'signing-key.json');
}

function addressesOf(ports: Readonly<Record<PortName, number>>): Addresses {
  return {
    proxy: at(ports.HALLPASS_PROXY_PORT),
    admin: at(ports.HALLPASS_ADMIN_PORT),
    decision: at(ports.HALLPASS_DECISION_PORT),
    proxy_ops: at(ports.HALLPASS_PROXY_OPS_PORT),
    admin_ops: at(ports.HALLPASS_ADMIN_OPS_PORT),
  };
}

function at(port: number): string {
  return `http://${HOST}:${port}`;
}

/** Without the password that the URL may hold. */
function hostOf(url: string): string {
  return new URL(url).host;
}
