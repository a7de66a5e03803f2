import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  // The cookie's value is never stored: whoever reads this table can't sign in with it.
  await knex.raw(`
    CREATE TABLE sessions (
      id text PRIMARY KEY,
      token_hash bytea NOT NULL UNIQUE,
      person_id text NOT NULL REFERENCES people (id),
      created_at timestamptz NOT NULL,
      last_seen_at timestamptz NOT NULL,
      expires_at timestamptz NOT NULL,
      user_agent text,
      ended_at timestamptz,
      CHECK (octet_length(token_hash) = 32),
      CHECK (expires_at > created_at)
    )`);
  await knex.raw('CREATE INDEX sessions_open_by_person ON sessions (person_id) WHERE ended_at IS NULL');
  await knex.raw('CREATE INDEX sessions_by_end ON sessions (expires_at)');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE sessions');
}
