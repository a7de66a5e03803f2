import { existsSync } from 'node:fs';
import { Redis } from 'ioredis';
import { startSupervised } from '../../quickstart/postgres-process.ts';
import { findFreePort } from './free-port.ts';
import { makeTemporaryDirectory } from './temporary-directory.ts';
import { waitUntil } from './wait-until.ts';

const ENV = { PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin:/opt/homebrew/bin' };

export function findSystemRedis(): string | null {
  const places = ENV.PATH.split(':').map((directory) => `${directory}/redis-server`);
  return places.find((path) => existsSync(path)) ?? null;
}

/** @param databases how many numbered databases it has @param port to come back on the one it had before */
export async function startRedisServer(
  databases = 16,
  port?: number,
): Promise<{ readonly url: string; readonly port: number; stop(): Promise<void> }> {
  const program = findSystemRedis();
  if (program === null) throw new Error('There is no Redis to test with: install the package "redis-server".');
  const directory = await makeTemporaryDirectory('redis');
  const listenPort = port ?? (await findFreePort());
  const options = ['--port', String(listenPort), '--bind', '127.0.0.1', '--databases', String(databases)];
  const server = startSupervised([program, ...options, '--save', '', '--dir', directory.path], {
    env: ENV,
    cwd: directory.path,
    onLine: () => {},
  });
  const url = `redis://127.0.0.1:${listenPort}`;
  const stop = async () => {
    await server.stop(5_000);
    await directory.remove();
  };
  try {
    await waitUntil('Redis', () => canPing(url));
  } catch (error) {
    await stop();
    throw new Error(`Redis did not start:\n${server.lastWords()}`, { cause: error });
  }
  return { url, port: listenPort, stop };
}

async function canPing(url: string): Promise<boolean> {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null, disconnectTimeout: 100 });
  redis.on('error', () => {});
  try {
    await redis.connect();
    return (await redis.ping()) === 'PONG';
  } finally {
    redis.disconnect();
  }
}
