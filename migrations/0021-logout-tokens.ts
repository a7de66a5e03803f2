import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  // A token of the identity provider ends sessions once; after expires_at it would be refused for its age.
  await knex.raw('CREATE TABLE logout_tokens (jti text PRIMARY KEY, expires_at timestamptz NOT NULL)');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE logout_tokens');
}
