import type { Knex } from 'knex';

/** One stage is what the two columns said so far. */
const ONE_STAGE = `jsonb_build_array(jsonb_build_object(
  'name', 'Review', 'approvals_required', approvals_required,
  'reviewers', reviewers || jsonb_build_object('scope_owners', false)))`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE access_requests
      ADD COLUMN stages jsonb,
      ADD COLUMN bundle_id text,
      ADD COLUMN starts_at timestamptz,
      ADD COLUMN until timestamptz,
      ADD COLUMN extends_grant_id text REFERENCES grants (id),
      ADD COLUMN low_risk boolean NOT NULL DEFAULT false,
      ADD COLUMN reminded_at timestamptz,
      ADD COLUMN break_glass boolean NOT NULL DEFAULT false,
      ADD COLUMN break_glass_closed_at timestamptz,
      ADD COLUMN break_glass_closed_by text REFERENCES people (id),
      ADD COLUMN break_glass_justified boolean,
      ADD COLUMN break_glass_note text,
      ADD CHECK (until IS NULL OR duration_seconds IS NULL),
      ADD CHECK (break_glass OR break_glass_closed_at IS NULL)`);
  await knex.raw(`UPDATE access_requests SET stages = ${ONE_STAGE}`);
  await knex.raw(`
    ALTER TABLE access_requests
      ALTER COLUMN stages SET NOT NULL,
      DROP COLUMN approvals_required,
      DROP COLUMN reviewers`);
  await knex.raw('CREATE INDEX access_requests_by_bundle ON access_requests (bundle_id) WHERE bundle_id IS NOT NULL');
  await knex.raw(`
    CREATE INDEX access_requests_extensions ON access_requests (extends_grant_id) WHERE extends_grant_id IS NOT NULL`);
  // Which stage an approval counted for; a denial ends the request at whatever stage it is.
  await knex.raw('ALTER TABLE reviews ADD COLUMN stage integer NOT NULL DEFAULT 0');
  await knex.raw(`ALTER TABLE scopes ADD COLUMN owners jsonb NOT NULL DEFAULT '[]'`);
  await knex.raw('ALTER TABLE grants DROP CONSTRAINT grants_origin_check');
  await knex.raw(`
    ALTER TABLE grants ADD CONSTRAINT grants_origin_check
      CHECK (origin IN ('request', 'automatic', 'assignment', 'break-glass'))`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`UPDATE grants SET origin = 'automatic' WHERE origin = 'break-glass'`);
  await knex.raw('ALTER TABLE grants DROP CONSTRAINT grants_origin_check');
  await knex.raw(`
    ALTER TABLE grants ADD CONSTRAINT grants_origin_check CHECK (origin IN ('request', 'automatic', 'assignment'))`);
  await knex.raw('ALTER TABLE scopes DROP COLUMN owners');
  await knex.raw('ALTER TABLE reviews DROP COLUMN stage');
  await knex.raw(`
    ALTER TABLE access_requests ADD COLUMN approvals_required integer, ADD COLUMN reviewers jsonb`);
  await knex.raw(`
    UPDATE access_requests SET approvals_required = (stages #>> '{0,approvals_required}')::integer,
      reviewers = stages #> '{0,reviewers}'`);
  await knex.raw(`
    ALTER TABLE access_requests
      ALTER COLUMN approvals_required SET NOT NULL,
      ALTER COLUMN reviewers SET NOT NULL,
      DROP COLUMN stages, DROP COLUMN bundle_id, DROP COLUMN starts_at, DROP COLUMN until, DROP COLUMN extends_grant_id,
      DROP COLUMN low_risk, DROP COLUMN reminded_at, DROP COLUMN break_glass, DROP COLUMN break_glass_closed_at,
      DROP COLUMN break_glass_closed_by, DROP COLUMN break_glass_justified, DROP COLUMN break_glass_note`);
}
