import type { Knex } from 'knex';

/** Names, addresses and the sentences people wrote; ids are looked up by columns of their own. */
const TEXT = `
  summary
    || ' ' || coalesce(actor ->> 'name', '') || ' ' || coalesce(actor ->> 'email', '')
    || ' ' || coalesce(subject ->> 'name', '') || ' ' || coalesce(subject ->> 'email', '')
    || ' ' || coalesce(details ->> 'reason', '') || ' ' || coalesce(details ->> 'note', '')`;

/**
 * What else an entry is found by, as words that no text can hold, so that one index puts all conditions on top of each other; and
 * which 16,384 of the log it lies in, so that the index can be asked about a part of the log.
 */
const MARKS = `
  array_remove(ARRAY[
    '#' || (sequence / 16384), 't:' || type, 'a:' || (actor ->> 'id'), 's:' || (subject ->> 'id'),
    'r:' || audit_about(type, details), 'r:' || audit_entitlement_key(details #> '{given,entitlement}')], NULL)`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw('ALTER TABLE grants ADD COLUMN first_used_at timestamptz');
  // Cut at whatever is no letter or digit, so that `INC-42` and `aws-production` are two words each, when stored and when asked for.
  await knex.raw(`
    CREATE FUNCTION audit_words(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN regexp_replace(value, '[^[:alnum:]]+', ' ', 'g')`);
  await knex.raw(`
    CREATE FUNCTION audit_entitlement_key(value jsonb) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE value ->> 'kind'
      WHEN 'resource' THEN (value #>> '{resource,type}') || ':' || (value #>> '{resource,id}')
      WHEN 'scope' THEN 'scope:' || (value ->> 'scope_id')
      WHEN 'role' THEN 'role:' || (value ->> 'role') END`);
  await knex.raw(`
    CREATE FUNCTION audit_about(type text, details jsonb) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE
      WHEN type LIKE 'resource.%' THEN
        coalesce(details #>> '{after,type}', details #>> '{before,type}') || ':'
        || coalesce(details #>> '{after,id}', details #>> '{before,id}')
      WHEN type LIKE 'scope.%' THEN 'scope:' || coalesce(details #>> '{after,id}', details #>> '{before,id}')
      ELSE coalesce(audit_entitlement_key(details -> 'entitlement'),
                    audit_entitlement_key(details #> '{asked,entitlement}')) END`);
  await knex.raw(`
    ALTER TABLE audit_entries
      ADD COLUMN words tsvector NOT NULL GENERATED ALWAYS AS (
        strip(to_tsvector('simple', audit_words(${TEXT}))) || array_to_tsvector(${MARKS})) STORED,
      ADD COLUMN actor_id text GENERATED ALWAYS AS (actor ->> 'id') STORED,
      ADD COLUMN subject_id text GENERATED ALWAYS AS (subject ->> 'id') STORED,
      ADD COLUMN about text GENERATED ALWAYS AS (audit_about(type, details)) STORED,
      ADD COLUMN about_given text GENERATED ALWAYS AS (
        nullif(audit_entitlement_key(details #> '{given,entitlement}'), audit_about(type, details))) STORED`);
  // Without the list of what is pending, which every search would have to read through.
  await knex.raw('CREATE INDEX audit_entries_by_word ON audit_entries USING gin (words) WITH (fastupdate = off)');
  await knex.raw('DROP INDEX audit_entries_by_subject');
  await knex.raw(`
    CREATE INDEX audit_entries_by_subject ON audit_entries (subject_id, sequence DESC) WHERE subject_id IS NOT NULL`);
  await knex.raw(`
    CREATE INDEX audit_entries_by_actor ON audit_entries (actor_id, sequence DESC) WHERE actor_id IS NOT NULL`);
  await knex.raw(
    'CREATE INDEX audit_entries_by_grant ON audit_entries (grant_id, sequence DESC) WHERE grant_id IS NOT NULL',
  );
  await knex.raw(`
    CREATE INDEX audit_entries_by_evaluation ON audit_entries (evaluation_id, sequence DESC)
      WHERE evaluation_id IS NOT NULL`);
  await knex.raw('CREATE INDEX audit_entries_by_time ON audit_entries (time, sequence)');
  // Entries stand in the order of their commits, which is nearly that of their times: by how much they differ at the
  // most is kept, so that a span of time becomes a span of sequences without missing one.
  await knex.raw(`
    ALTER TABLE audit_head
      ADD COLUMN latest_time timestamptz,
      ADD COLUMN disorder_ms bigint NOT NULL DEFAULT 0`);
  await knex.raw(`
    UPDATE audit_head SET
      latest_time = (SELECT max(time) FROM audit_entries),
      disorder_ms = coalesce((
        SELECT max(ceil(extract(epoch FROM latest - time) * 1000))
          FROM (SELECT time, max(time) OVER (ORDER BY sequence) AS latest FROM audit_entries) AS entries), 0)`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('ALTER TABLE audit_head DROP COLUMN latest_time, DROP COLUMN disorder_ms');
  await knex.raw('DROP INDEX audit_entries_by_time');
  await knex.raw('DROP INDEX audit_entries_by_evaluation');
  await knex.raw('DROP INDEX audit_entries_by_grant');
  await knex.raw(`
    ALTER TABLE audit_entries
      DROP COLUMN words, DROP COLUMN about_given, DROP COLUMN about, DROP COLUMN actor_id, DROP COLUMN subject_id`);
  await knex.raw(`CREATE INDEX audit_entries_by_subject ON audit_entries ((subject ->> 'id'), sequence DESC)`);
  await knex.raw('DROP FUNCTION audit_about');
  await knex.raw('DROP FUNCTION audit_entitlement_key');
  await knex.raw('DROP FUNCTION audit_words');
  await knex.raw('ALTER TABLE grants DROP COLUMN first_used_at');
}
