import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE slack_messages (
      id text PRIMARY KEY,
      delivery_id text NOT NULL,
      part integer NOT NULL,
      -- The request whose fate the message follows; null for what is only told.
      request_id text REFERENCES access_requests (id),
      -- null: posted to a channel, for everybody in it.
      person_id text REFERENCES people (id),
      channel text,
      ts text,
      shown text NOT NULL DEFAULT 'pending'
        CHECK (shown IN ('pending', 'reviewed', 'approved', 'denied', 'cancelled', 'expired')),
      state text NOT NULL DEFAULT 'sending' CHECK (state IN ('sending', 'posted', 'lost')),
      attempts integer NOT NULL DEFAULT 0,
      next_try_at timestamptz NOT NULL,
      problem text,
      created_at timestamptz NOT NULL,
      -- The promise "once": a delivery that is tried again finds here what has been posted of it.
      UNIQUE (delivery_id, part),
      CHECK (state <> 'posted' OR (channel IS NOT NULL AND ts IS NOT NULL))
    )`);
  await knex.raw(`
    CREATE INDEX slack_messages_open ON slack_messages (request_id)
      WHERE state = 'posted' AND shown IN ('pending', 'reviewed')`);
  await knex.raw('CREATE INDEX slack_messages_by_age ON slack_messages (created_at)');
  await knex.raw(`
    CREATE TABLE slack_nonces (
      nonce_hash text PRIMARY KEY,
      message_id text NOT NULL REFERENCES slack_messages (id) ON DELETE CASCADE,
      verdict text NOT NULL CHECK (verdict IN ('approve', 'deny')),
      expires_at timestamptz NOT NULL,
      used_at timestamptz
    )`);
  await knex.raw('CREATE INDEX slack_nonces_by_message ON slack_nonces (message_id)');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE slack_nonces');
  await knex.raw('DROP TABLE slack_messages');
}
