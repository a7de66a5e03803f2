import { Redis } from 'ioredis';
import { askTestServices } from './ask-test-services.ts';

export interface TestRedis {
  /** For REDIS_URL; a numbered database of its own. */
  readonly url: string;
  drop(): Promise<void>;
}

/** An empty Redis database on the server of the test run. */
export async function createTestRedis(): Promise<TestRedis> {
  const url = await askTestServices('/redis');
  await flush(url);
  return { url, drop: () => flush(url) };
}

async function flush(url: string): Promise<void> {
  const redis = new Redis(url, { lazyConnect: true });
  await redis.connect();
  await redis.flushdb();
  await redis.quit();
}
