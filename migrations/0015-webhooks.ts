import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE webhooks (
      id text PRIMARY KEY,
      url text NOT NULL,
      description text NOT NULL,
      -- empty: of every type
      event_types jsonb NOT NULL,
      enabled boolean NOT NULL,
      -- why Hallpass itself turned it off
      disabled_reason text,
      -- encrypted; the previous one signs too until its time is over
      secret text NOT NULL,
      previous_secret text,
      previous_until timestamptz,
      created_at timestamptz NOT NULL,
      created_by text REFERENCES people (id)
    )`);
  await knex.raw('ALTER TABLE deliveries ADD COLUMN webhook_id text REFERENCES webhooks (id) ON DELETE CASCADE');
  await knex.raw(`ALTER TABLE deliveries ADD CHECK ((channel = 'webhook') = (webhook_id IS NOT NULL))`);
  await knex.raw(`
    CREATE UNIQUE INDEX deliveries_once_per_webhook ON deliveries (event_id, webhook_id)
      WHERE event_id IS NOT NULL AND webhook_id IS NOT NULL`);
  await knex.raw('CREATE INDEX deliveries_by_webhook ON deliveries (webhook_id) WHERE webhook_id IS NOT NULL');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`DELETE FROM deliveries WHERE channel = 'webhook'`);
  await knex.raw('ALTER TABLE deliveries DROP COLUMN webhook_id');
  await knex.raw('DROP TABLE webhooks');
}
