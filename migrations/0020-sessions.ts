import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  // provider_sid names the session at the identity provider; id_token is sealed, for signing out there, gone with the end.
  await knex.raw('ALTER TABLE sessions ADD COLUMN ip text, ADD COLUMN provider_sid text, ADD COLUMN id_token text');
  await knex.raw('CREATE INDEX sessions_open_by_provider_sid ON sessions (provider_sid) WHERE ended_at IS NULL');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('ALTER TABLE sessions DROP COLUMN ip, DROP COLUMN provider_sid, DROP COLUMN id_token');
}
