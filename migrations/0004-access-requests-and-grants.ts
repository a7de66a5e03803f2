import type { Knex } from 'knex';

/** One entitlement: exactly the columns of its kind are set. */
const ENTITLEMENT_COLUMNS = `
      kind text NOT NULL CHECK (kind IN ('resource', 'scope', 'role')),
      resource_type text,
      resource_id text,
      scope_id text,
      role text CHECK (role IN ('viewer', 'member', 'admin')),`;

const ENTITLEMENT_CHECK = `
      CHECK ((kind = 'resource') = (resource_type IS NOT NULL AND resource_id IS NOT NULL)),
      CHECK ((kind = 'scope') = (scope_id IS NOT NULL)),
      CHECK ((kind = 'role') = (role IS NOT NULL))`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE access_requests (
      id text PRIMARY KEY,
      requester_id text NOT NULL REFERENCES people (id),
      ${ENTITLEMENT_COLUMNS}
      reason text NOT NULL,
      duration_seconds integer CHECK (duration_seconds > 0),
      status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'approved', 'denied', 'cancelled', 'expired')),
      action text,
      evaluation_id text,
      denial_verified boolean NOT NULL DEFAULT false,
      return_to text,
      approvals_required integer NOT NULL CHECK (approvals_required > 0),
      reviewers jsonb NOT NULL,
      max_duration_seconds integer,
      policy_reasons jsonb NOT NULL,
      policy_revision text NOT NULL,
      given jsonb,
      feed_revision bigint,
      submitted_at timestamptz NOT NULL,
      decided_at timestamptz,
      ${ENTITLEMENT_CHECK},
      CHECK ((status = 'pending') = (decided_at IS NULL))
    )`);
  await knex.raw(
    'CREATE INDEX access_requests_by_requester ON access_requests (requester_id, submitted_at DESC, id DESC)',
  );
  await knex.raw('CREATE INDEX access_requests_by_status ON access_requests (status, submitted_at DESC, id DESC)');
  await knex.raw(`
    CREATE TABLE reviews (
      id text PRIMARY KEY,
      request_id text NOT NULL REFERENCES access_requests (id),
      reviewer_id text REFERENCES people (id),
      verdict text NOT NULL CHECK (verdict IN ('approve', 'deny')),
      note text,
      changes jsonb NOT NULL DEFAULT '{}',
      created_at timestamptz NOT NULL
    )`);
  // One voice per reviewer and request, also when two of their tabs race.
  await knex.raw('CREATE UNIQUE INDEX reviews_one_voice ON reviews (request_id, reviewer_id)');
  await knex.raw(`
    CREATE TABLE grants (
      id text PRIMARY KEY,
      subject_id text NOT NULL REFERENCES people (id),
      ${ENTITLEMENT_COLUMNS}
      starts_at timestamptz NOT NULL,
      expires_at timestamptz,
      request_id text REFERENCES access_requests (id),
      origin text NOT NULL CHECK (origin IN ('request', 'automatic', 'assignment')),
      created_at timestamptz NOT NULL,
      created_by text REFERENCES people (id),
      warned_at timestamptz,
      ended_at timestamptz,
      end_reason text CHECK (end_reason IN ('expired', 'revoked', 'given-up')),
      ended_by text REFERENCES people (id),
      end_note text,
      ${ENTITLEMENT_CHECK},
      CHECK (expires_at > starts_at),
      CHECK ((ended_at IS NULL) = (end_reason IS NULL))
    )`);
  // A request can become one grant only, whatever two reviewers do at once.
  await knex.raw('CREATE UNIQUE INDEX grants_one_per_request ON grants (request_id) WHERE request_id IS NOT NULL');
  await knex.raw('CREATE INDEX grants_by_subject ON grants (subject_id, created_at DESC, id DESC)');
  await knex.raw('CREATE INDEX grants_due ON grants (expires_at) WHERE ended_at IS NULL AND expires_at IS NOT NULL');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE grants');
  await knex.raw('DROP TABLE reviews');
  await knex.raw('DROP TABLE access_requests');
}
