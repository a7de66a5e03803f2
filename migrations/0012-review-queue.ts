import type { Knex } from 'knex';

/** What is asked for, in one word; the same spelling as in logs and the audit. */
const THING = `CASE kind WHEN 'resource' THEN resource_type || ':' || resource_id WHEN 'scope' THEN 'scope:' || scope_id END`;

/** Search for a part of a text, where the server has the extension and lets us; without it the same search reads more. */
const TRIGRAMS = `
  DO $$ BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
    CREATE INDEX access_requests_by_text ON access_requests
      USING gin (reason gin_trgm_ops, resource_id gin_trgm_ops, scope_id gin_trgm_ops);
    CREATE INDEX people_by_text ON people USING gin (name gin_trgm_ops, email gin_trgm_ops);
  EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported THEN
    RAISE NOTICE 'pg_trgm is not to be had; searching the review queue takes longer without it';
  END $$`;

export async function up(knex: Knex): Promise<void> {
  // Who may act at the stage that is asked now, as words to look for: kept by the database, so that no writer forgets.
  await knex.raw(`
    CREATE FUNCTION reviewer_keys(stage jsonb, thing text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ARRAY(
      SELECT 'role:' || jsonb_array_elements_text(stage #> '{reviewers,roles}')
      UNION ALL SELECT 'person:' || jsonb_array_elements_text(stage #> '{reviewers,people}')
      UNION ALL SELECT 'owners:' || thing WHERE thing IS NOT NULL AND (stage #>> '{reviewers,scope_owners}') = 'true')`);
  await knex.raw('ALTER TABLE access_requests ADD COLUMN current_stage integer NOT NULL DEFAULT 0');
  await knex.raw(`
    ALTER TABLE access_requests ADD COLUMN awaited text[] GENERATED ALWAYS AS (
      CASE WHEN status = 'pending' THEN reviewer_keys(stages -> current_stage, ${THING}) END) STORED`);
  await knex.raw(`
    CREATE INDEX access_requests_awaited ON access_requests USING gin (awaited) WHERE status = 'pending'`);
  await knex.raw('CREATE INDEX access_requests_by_time ON access_requests (submitted_at, id)');
  await knex.raw('CREATE INDEX access_requests_by_timeout ON access_requests (pending_until, id)');
  await knex.raw(`
    CREATE INDEX access_requests_by_resource ON access_requests (resource_type, resource_id, submitted_at, id)
      WHERE kind = 'resource'`);
  await knex.raw(`
    CREATE INDEX access_requests_open_break_glass ON access_requests (submitted_at, id)
      WHERE break_glass AND break_glass_closed_at IS NULL`);
  await knex.raw('CREATE INDEX people_by_name ON people (lower(name), id)');
  await knex.raw('CREATE INDEX reviews_by_reviewer ON reviews (reviewer_id, request_id)');
  await knex.raw(TRIGRAMS);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP INDEX IF EXISTS people_by_text');
  await knex.raw('DROP INDEX IF EXISTS access_requests_by_text');
  await knex.raw('DROP EXTENSION IF EXISTS pg_trgm');
  await knex.raw('DROP INDEX reviews_by_reviewer');
  await knex.raw('DROP INDEX people_by_name');
  await knex.raw('DROP INDEX access_requests_open_break_glass');
  await knex.raw('DROP INDEX access_requests_by_resource');
  await knex.raw('DROP INDEX access_requests_by_timeout');
  await knex.raw('DROP INDEX access_requests_by_time');
  await knex.raw('ALTER TABLE access_requests DROP COLUMN awaited, DROP COLUMN current_stage');
  await knex.raw('DROP FUNCTION reviewer_keys');
}
