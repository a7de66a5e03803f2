import { describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { createTestDatabase } from '../support/test-database.ts';
import { createTestRedis } from '../support/test-redis.ts';
import { PROFILES } from '../support/test-services.ts';

async function query(connectionString: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    return (await client.query(text)).rows as Record<string, unknown>[];
  } finally {
    await client.end();
  }
}

describe.each(PROFILES)('a test database, %s', (profile) => {
  it('is migrated, and nobody else sees what is written in it', async () => {
    const one = await createTestDatabase(profile);
    const two = await createTestDatabase(profile);
    try {
      const tables = "select count(*)::int as tables from pg_tables where schemaname = 'public'";
      expect((await query(one.connectionString, tables))[0]!.tables).toBeGreaterThan(5);
      await query(one.connectionString, 'create table mine ()');
      expect(await query(two.connectionString, "select to_regclass('mine') as mine")).toEqual([{ mine: null }]);
    } finally {
      await one.drop();
      await two.drop();
    }
    await expect(query(one.connectionString, 'select 1')).rejects.toThrow(/does not exist/);
  });
});

describe('a test Redis', () => {
  it('is empty, and nobody else sees what is written in it', async () => {
    const one = await createTestRedis();
    const two = await createTestRedis();
    const [redisOne, redisTwo] = [new Redis(one.url), new Redis(two.url)];
    await redisOne.set('mine', '1');
    expect(await redisTwo.get('mine')).toBeNull();
    expect(await redisOne.get('mine')).toBe('1');
    await redisOne.quit();
    await redisTwo.quit();
    await one.drop();
  });
});
