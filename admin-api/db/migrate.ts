import { readdir } from 'node:fs/promises';
import type { Knex } from 'knex';

const MIGRATIONS = new URL('../../migrations/', import.meta.url);

interface Migration {
  up(knex: Knex): Promise<void>;
  down(knex: Knex): Promise<void>;
}

/** Names without extension: `0001-people` is the same migration as .ts in development and .js in an image. */
const migrationSource: Knex.MigrationSource<string> = {
  async getMigrations() {
    const files = await readdir(MIGRATIONS);
    return files
      .filter((file) => /^\d{4}-.*\.(ts|js)$/.test(file) && !file.endsWith('.d.ts'))
      .map((file) => file.replace(/\.(ts|js)$/, ''))
      .toSorted();
  },
  getMigrationName: (name) => name,
  async getMigration(name) {
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    return (await import(new URL(`${name}.${extension}`, MIGRATIONS).href)) as Migration;
  },
};

const config = { migrationSource, tableName: 'schema_migrations' };

/** Brings the schema up to date; several processes may call it at once, one does the work. @returns names applied */
export async function migrateToLatest(knex: Knex): Promise<string[]> {
  const [, applied] = (await knex.migrate.latest(config)) as [number, string[]];
  return applied;
}

/** Takes everything back, newest first. For tests of the `down` halves and for throw-away databases. */
export async function rollbackAll(knex: Knex): Promise<string[]> {
  const [, undone] = (await knex.migrate.rollback(config, true)) as [number, string[]];
  return undone;
}
