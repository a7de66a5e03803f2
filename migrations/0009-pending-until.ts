import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`ALTER TABLE access_requests ADD COLUMN pending_until timestamptz`);
  await knex.raw(`UPDATE access_requests SET pending_until = submitted_at + interval '24 hours'`);
  await knex.raw('ALTER TABLE access_requests ALTER COLUMN pending_until SET NOT NULL');
  await knex.raw(`CREATE INDEX access_requests_due ON access_requests (pending_until) WHERE status = 'pending'`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('ALTER TABLE access_requests DROP COLUMN pending_until');
}
