import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  // The one row the next revision is taken from. A sequence would number late committers too early (law 7).
  await knex.raw(`
    CREATE TABLE feed_head (
      only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
      epoch text NOT NULL,
      revision bigint NOT NULL
    )`);
  await knex.raw(`INSERT INTO feed_head (epoch, revision) VALUES (gen_random_uuid()::text, 0)`);
  await knex.raw(`
    CREATE TABLE feed_changes (
      revision bigint PRIMARY KEY,
      facts jsonb NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now()
    )`);
  await knex.raw(`
    CREATE TABLE feed_credentials (
      id text PRIMARY KEY,
      name text NOT NULL UNIQUE,
      token_hash text NOT NULL UNIQUE,
      resources jsonb NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      revoked_at timestamptz
    )`);
  await knex.raw(`
    CREATE TABLE sidecars (
      id text PRIMARY KEY,
      credential_id text NOT NULL REFERENCES feed_credentials (id),
      public_url text NOT NULL,
      resources jsonb NOT NULL,
      denial_key jsonb NOT NULL,
      policy_revision text,
      version text NOT NULL,
      applied_epoch text,
      applied_revision bigint,
      registered_at timestamptz NOT NULL,
      last_seen_at timestamptz NOT NULL,
      disconnected_at timestamptz
    )`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE sidecars');
  await knex.raw('DROP TABLE feed_credentials');
  await knex.raw('DROP TABLE feed_changes');
  await knex.raw('DROP TABLE feed_head');
}
