import type { Knex } from 'knex';

const TABLES = ['outbox_events', 'notifications'];

/**
 * Which transaction wrote a row. Two snapshots of the database and this say exactly what was committed between them;
 * a time or a sequence would miss whoever commits late.
 */
export async function up(knex: Knex): Promise<void> {
  for (const table of TABLES) {
    await knex.raw(`ALTER TABLE ${table} ADD COLUMN transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id()`);
    await knex.raw(`CREATE INDEX ${table}_by_transaction ON ${table} (transaction_id)`);
  }
}

export async function down(knex: Knex): Promise<void> {
  for (const table of TABLES) await knex.raw(`ALTER TABLE ${table} DROP COLUMN transaction_id`);
}
