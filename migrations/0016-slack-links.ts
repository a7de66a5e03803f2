import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  // One Slack person is one Hallpass person, in both directions.
  await knex.raw(`
    CREATE TABLE slack_links (
      person_id text PRIMARY KEY REFERENCES people (id),
      team_id text NOT NULL,
      slack_user_id text NOT NULL,
      linked_at timestamptz NOT NULL,
      UNIQUE (team_id, slack_user_id)
    )`);
  // One open code a person: a new one takes the place of the old.
  await knex.raw(`
    CREATE TABLE slack_link_codes (
      person_id text PRIMARY KEY REFERENCES people (id),
      code_hash text NOT NULL UNIQUE,
      expires_at timestamptz NOT NULL
    )`);
  await knex.raw(`
    CREATE TABLE slack_routes (
      event_type text PRIMARY KEY,
      channel_id text NOT NULL
    )`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE slack_routes');
  await knex.raw('DROP TABLE slack_link_codes');
  await knex.raw('DROP TABLE slack_links');
}
