import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE outbox_events (
      id text PRIMARY KEY,
      type text NOT NULL,
      payload jsonb NOT NULL,
      created_at timestamptz NOT NULL,
      leased_until timestamptz,
      relayed_at timestamptz,
      handled_at timestamptz
    )`);
  await knex.raw('CREATE INDEX outbox_events_open ON outbox_events (created_at) WHERE handled_at IS NULL');
  await knex.raw(`
    CREATE TABLE notifications (
      id text PRIMARY KEY,
      event_id text NOT NULL REFERENCES outbox_events (id),
      person_id text NOT NULL REFERENCES people (id),
      event_type text NOT NULL,
      title text NOT NULL,
      body text NOT NULL,
      link text NOT NULL,
      created_at timestamptz NOT NULL,
      read_at timestamptz
    )`);
  // The promise "once": a job that runs twice finds the row there.
  await knex.raw('CREATE UNIQUE INDEX notifications_once ON notifications (event_id, person_id)');
  await knex.raw('CREATE INDEX notifications_by_person ON notifications (person_id, created_at DESC, id DESC)');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE notifications');
  await knex.raw('DROP TABLE outbox_events');
}
