import type { Knex } from 'knex';

/** When the refusal was that a request came from, as the sidecar vouched for it. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('ALTER TABLE access_requests ADD COLUMN denied_at timestamptz');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('ALTER TABLE access_requests DROP COLUMN denied_at');
}
