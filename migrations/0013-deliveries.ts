import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  // What a notification is about, to know later whether it still matters; `ends_at` is the end it spoke of.
  await knex.raw(`
    ALTER TABLE notifications
      ADD COLUMN request_id text,
      ADD COLUMN grant_id text,
      ADD COLUMN ends_at timestamptz`);
  await knex.raw(`CREATE INDEX notifications_unread ON notifications (person_id) WHERE read_at IS NULL`);
  await knex.raw(`
    CREATE TABLE deliveries (
      id text PRIMARY KEY,
      -- null: a webhook is being tried out
      event_id text REFERENCES outbox_events (id) ON DELETE CASCADE,
      notification_id text REFERENCES notifications (id) ON DELETE CASCADE,
      channel text NOT NULL CHECK (channel IN ('email', 'slack', 'webhook')),
      person_id text REFERENCES people (id),
      -- a place at the channel that belongs to nobody, such as a channel in Slack
      room text,
      event_type text NOT NULL,
      request_id text,
      grant_id text,
      content jsonb NOT NULL,
      state text NOT NULL CHECK (state IN ('pending', 'held', 'sent', 'dead', 'dropped')),
      reason text,
      attempts integer NOT NULL DEFAULT 0,
      next_attempt_at timestamptz,
      leased_until timestamptz,
      -- deliveries that leave as one message share it; it is the id of the one that carries attempts and times
      batch_id text NOT NULL,
      last_error text,
      address text,
      external_ref text,
      response jsonb,
      created_at timestamptz NOT NULL,
      finished_at timestamptz,
      CHECK ((state IN ('pending', 'held')) = (finished_at IS NULL)),
      CHECK ((notification_id IS NULL) = (person_id IS NULL))
    )`);
  await knex.raw(`
    CREATE UNIQUE INDEX deliveries_once ON deliveries (notification_id, channel) WHERE notification_id IS NOT NULL`);
  await knex.raw(`
    CREATE UNIQUE INDEX deliveries_once_per_room ON deliveries (event_id, channel, room) WHERE room IS NOT NULL`);
  await knex.raw(`
    CREATE INDEX deliveries_due ON deliveries (channel, next_attempt_at) WHERE state IN ('pending', 'held')`);
  await knex.raw(`CREATE INDEX deliveries_by_batch ON deliveries (batch_id) WHERE state = 'pending'`);
  await knex.raw(`
    CREATE INDEX deliveries_open ON deliveries (state, channel) WHERE state IN ('pending', 'held', 'dead')`);
  await knex.raw('CREATE INDEX deliveries_by_time ON deliveries (created_at DESC, id DESC)');
  await knex.raw('CREATE INDEX deliveries_by_state ON deliveries (state, created_at DESC, id DESC)');
  await knex.raw('CREATE INDEX deliveries_by_person ON deliveries (person_id, created_at DESC, id DESC)');
  await knex.raw('CREATE INDEX deliveries_by_request ON deliveries (request_id) WHERE request_id IS NOT NULL');
  await knex.raw('CREATE INDEX deliveries_by_event ON deliveries (event_id)');
  await knex.raw('CREATE INDEX deliveries_finished ON deliveries (finished_at) WHERE finished_at IS NOT NULL');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE deliveries');
  await knex.raw('DROP INDEX notifications_unread');
  await knex.raw('ALTER TABLE notifications DROP COLUMN request_id, DROP COLUMN grant_id, DROP COLUMN ends_at');
}
