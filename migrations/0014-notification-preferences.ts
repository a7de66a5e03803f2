import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  // What the team set; what is not in here is as the code says.
  await knex.raw(`
    CREATE TABLE notification_policies (
      event_type text NOT NULL,
      channel text NOT NULL CHECK (channel IN ('email', 'slack')),
      setting text NOT NULL CHECK (setting IN ('mandatory', 'on', 'off')),
      PRIMARY KEY (event_type, channel)
    )`);
  await knex.raw(`
    CREATE TABLE notification_preferences (
      person_id text PRIMARY KEY REFERENCES people (id),
      -- {event_type: {channel: boolean}}; what is not in here follows the team
      choices jsonb NOT NULL DEFAULT '{}',
      mute_until timestamptz,
      digest_mode text NOT NULL DEFAULT 'at-once' CHECK (digest_mode IN ('at-once', 'hourly', 'daily')),
      digest_hour integer NOT NULL DEFAULT 9 CHECK (digest_hour BETWEEN 0 AND 23),
      time_zone text NOT NULL DEFAULT 'UTC'
    )`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE notification_preferences');
  await knex.raw('DROP TABLE notification_policies');
}
