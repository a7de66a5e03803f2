import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDatabase, type Knex } from '../../admin-api/db/knex.ts';
import { migrateToLatest, rollbackAll } from '../../admin-api/db/migrate.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

const NAMES = readdirSync('migrations')
  .map((file) => file.replace(/\.ts$/, ''))
  .toSorted();

describe('migrations', () => {
  let database: TestDatabase;
  let knex: Knex;
  beforeAll(async () => {
    database = await createTestDatabase();
    knex = openDatabase(database.connectionString, 3);
  });
  afterAll(async () => {
    await knex.destroy();
    await database.drop();
  });

  const tables = async (): Promise<string[]> => {
    const { rows } = await knex.raw(`SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename`);
    return rows.map((row: { tablename: string }) => row.tablename);
  };

  it('go down to nothing and up again, to the same tables', async () => {
    const before = await tables();
    expect(before).toEqual(
      expect.arrayContaining(['people', 'access_requests', 'grants', 'audit_entries', 'feed_changes']),
    );
    expect((await rollbackAll(knex)).toSorted()).toEqual(NAMES);
    expect((await tables()).filter((name) => !name.startsWith('schema_migrations'))).toEqual([]);
    const { rows } = await knex.raw(`SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace`);
    expect(rows).toEqual([]);
    expect(await migrateToLatest(knex)).toEqual(NAMES);
    expect(await tables()).toEqual(before);
    expect(await migrateToLatest(knex)).toEqual([]);
  });

  it('are applied once by two processes that start together', async () => {
    await rollbackAll(knex);
    const other = openDatabase(database.connectionString, 2);
    const results = await Promise.allSettled([migrateToLatest(knex), migrateToLatest(other)]);
    await other.destroy();
    const applied = results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
    expect(applied.toSorted()).toEqual(NAMES);
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'fulfilled']);
  });
});
