import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE resources (
      type text NOT NULL CHECK (type IN ('connection', 'target', 'feature')),
      id text NOT NULL,
      name text NOT NULL,
      description text NOT NULL DEFAULT '',
      environment text,
      connections jsonb NOT NULL DEFAULT '[]',
      minimum_role text NOT NULL CHECK (minimum_role IN ('viewer', 'member', 'admin', 'owner')),
      discoverable text NOT NULL CHECK (discoverable IN ('full', 'name', 'none')),
      attributes jsonb NOT NULL DEFAULT '{}',
      PRIMARY KEY (type, id)
    )`);
  await knex.raw(`
    CREATE TABLE scopes (
      id text PRIMARY KEY,
      name text NOT NULL,
      description text NOT NULL DEFAULT '',
      rules jsonb NOT NULL
    )`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE scopes');
  await knex.raw('DROP TABLE resources');
}
