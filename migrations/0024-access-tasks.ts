import type { Knex } from 'knex';

/** Programs that ask for access on behalf of people, the tasks they are given, and calls back. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE access_clients (
      id text PRIMARY KEY,
      name text NOT NULL UNIQUE,
      token_hash text NOT NULL UNIQUE,
      resources jsonb NOT NULL,
      callback_urls jsonb NOT NULL,
      -- encrypted; null: it is not called back
      callback_secret text,
      created_at timestamptz NOT NULL,
      created_by text REFERENCES people (id)
    )`);
  await knex.raw(`
    CREATE TABLE access_tasks (
      id text PRIMARY KEY,
      subject_id text NOT NULL REFERENCES people (id),
      -- null: the person asked for themselves
      client_id text REFERENCES access_clients (id) ON DELETE SET NULL,
      -- whose Idempotency-Key it is
      caller_id text NOT NULL,
      idempotency_key text,
      fingerprint text NOT NULL,
      is_bundle boolean NOT NULL,
      callback jsonb,
      created_at timestamptz NOT NULL
    )`);
  await knex.raw(`
    CREATE UNIQUE INDEX access_tasks_once ON access_tasks (caller_id, idempotency_key)
      WHERE idempotency_key IS NOT NULL`);
  await knex.raw('CREATE INDEX access_tasks_by_time ON access_tasks (created_at)');
  await knex.raw(`
    CREATE TABLE access_task_items (
      task_id text NOT NULL REFERENCES access_tasks (id) ON DELETE CASCADE,
      place integer NOT NULL,
      resource jsonb NOT NULL,
      action jsonb NOT NULL,
      request_id text NOT NULL REFERENCES access_requests (id),
      evaluation_id text NOT NULL,
      -- public URL of whoever refused, who may be asked again
      decided_by text NOT NULL,
      -- the names above, as the facts have them
      resource_key text NOT NULL,
      PRIMARY KEY (task_id, place)
    )`);
  // A denial is asked from once.
  await knex.raw('CREATE UNIQUE INDEX access_task_items_once ON access_task_items (decided_by, evaluation_id)');
  await knex.raw('CREATE INDEX access_task_items_by_request ON access_task_items (request_id)');
  await knex.raw('ALTER TABLE deliveries ADD COLUMN task_id text REFERENCES access_tasks (id) ON DELETE CASCADE');
  await knex.raw('ALTER TABLE deliveries DROP CONSTRAINT deliveries_channel_check');
  await knex.raw(`
    ALTER TABLE deliveries ADD CONSTRAINT deliveries_channel_check
      CHECK (channel IN ('email', 'slack', 'webhook', 'callback'))`);
  await knex.raw(`ALTER TABLE deliveries ADD CHECK ((channel = 'callback') = (task_id IS NOT NULL))`);
  await knex.raw('CREATE UNIQUE INDEX deliveries_once_per_task ON deliveries (task_id) WHERE task_id IS NOT NULL');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`DELETE FROM deliveries WHERE channel = 'callback'`);
  await knex.raw('ALTER TABLE deliveries DROP COLUMN task_id');
  await knex.raw('ALTER TABLE deliveries DROP CONSTRAINT deliveries_channel_check');
  await knex.raw(`
    ALTER TABLE deliveries ADD CONSTRAINT deliveries_channel_check CHECK (channel IN ('email', 'slack', 'webhook'))`);
  await knex.raw('DROP TABLE access_task_items');
  await knex.raw('DROP TABLE access_tasks');
  await knex.raw('DROP TABLE access_clients');
}
