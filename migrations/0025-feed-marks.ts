import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  // Sidecars of the old protocol begin with a snapshot anyway, so no change has to be kept.
  await knex.raw('DELETE FROM feed_changes');
  await knex.raw('ALTER TABLE feed_changes ADD COLUMN after text NOT NULL, ADD COLUMN mark text NOT NULL');
  await knex.raw(`
    ALTER TABLE feed_head
      ADD COLUMN after text NOT NULL DEFAULT '',
      ADD COLUMN mark text NOT NULL DEFAULT gen_random_uuid()::text`);
  await knex.raw('ALTER TABLE sidecars ADD COLUMN clock_skew_ms integer');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('ALTER TABLE sidecars DROP COLUMN clock_skew_ms');
  await knex.raw('ALTER TABLE feed_head DROP COLUMN after, DROP COLUMN mark');
  await knex.raw('ALTER TABLE feed_changes DROP COLUMN after, DROP COLUMN mark');
}
