import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Addresses } from '../../quickstart/welcome.ts';
import { startChild, type TestChild } from './child-process.ts';
import { httpClient, type HttpClient } from './http-client.ts';
import { makeTemporaryDirectory } from './temporary-directory.ts';
import { createTestDatabase } from './test-database.ts';
import { createTestRedis } from './test-redis.ts';
import type { Profile } from './test-services.ts';

export interface Stack {
  readonly urls: Addresses;
  readonly child: TestChild;
  /** The database's URL, for tests that look behind the scenes. */
  readonly databaseUrl: string;
  readonly redisUrl: string | null;
  readonly dataDir: string;
  /** A demo person's bearer token; `member` stands for member@example.com. */
  tokenOf(name: string): Promise<string>;
  /** The admin API as a demo person. */
  api(name: string): Promise<HttpClient>;
  /** The proxy as a demo person. */
  proxy(name: string): Promise<HttpClient>;
  stop(): Promise<void>;
}

/**
 * `npm start` in a data directory of its own, on free ports, with everything real in it.
 * @param profile `server`: with DATABASE_URL and REDIS_URL
 */
export async function startStack(profile: Profile, env: Readonly<Record<string, string>> = {}): Promise<Stack> {
  const directory = await makeTemporaryDirectory('st');
  const database = profile === 'server' ? await createTestDatabase('server') : null;
  const redis = profile === 'server' ? await createTestRedis() : null;
  const child = startChild('quickstart/main.ts', [], {
    HALLPASS_PROXY_PORT: '0',
    HALLPASS_ADMIN_PORT: '0',
    HALLPASS_DECISION_PORT: '0',
    HALLPASS_PROXY_OPS_PORT: '0',
    HALLPASS_ADMIN_OPS_PORT: '0',
    HALLPASS_DATA_DIR: directory.path,
    DATABASE_URL: database?.connectionString ?? '',
    REDIS_URL: redis?.url ?? '',
    ...env,
  });
  const stop = async () => {
    child.kill('SIGTERM');
    await child.ended;
    await database?.drop();
    await redis?.drop();
    await directory.remove();
  };
  try {
    await child.line('hallpass ready', 120_000);
    const state = JSON.parse(await readFile(join(directory.path, 'quickstart.json'), 'utf8')) as {
      addresses: Addresses;
      database_url: string | null;
    };
    return {
      ...clientsOf(state.addresses),
      urls: state.addresses,
      child,
      databaseUrl: database?.connectionString ?? state.database_url!,
      redisUrl: redis?.url ?? null,
      dataDir: directory.path,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function clientsOf(urls: Addresses): Pick<Stack, 'tokenOf' | 'api' | 'proxy'> {
  const tokens = new Map<string, Promise<string>>();
  const tokenOf = (name: string) => {
    let token = tokens.get(name);
    if (token === undefined) {
      token = fetchToken(urls.admin, `${name}@example.com`);
      tokens.set(name, token);
    }
    return token;
  };
  return {
    tokenOf,
    api: async (name) => httpClient(urls.admin, await tokenOf(name)),
    proxy: async (name) => httpClient(urls.proxy, await tokenOf(name)),
  };
}

async function fetchToken(adminUrl: string, email: string): Promise<string> {
  const answer = await httpClient(adminUrl, null).post('/quickstart/tokens', { email });
  if (answer.status !== 200) throw new Error(`no token for ${email}: ${answer.status} ${answer.text}`);
  return answer.body.token as string;
}
