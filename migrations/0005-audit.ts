import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE audit_entries (
      sequence bigint PRIMARY KEY,
      id text NOT NULL UNIQUE,
      time timestamptz NOT NULL,
      type text NOT NULL,
      actor jsonb,
      subject jsonb,
      request_id text,
      grant_id text,
      evaluation_id text,
      summary text NOT NULL,
      details jsonb NOT NULL,
      previous_hash text NOT NULL,
      hash text NOT NULL
    )`);
  await knex.raw(`CREATE INDEX audit_entries_by_subject ON audit_entries ((subject ->> 'id'), sequence DESC)`);
  await knex.raw('CREATE INDEX audit_entries_by_request ON audit_entries (request_id, sequence DESC)');
  await knex.raw('CREATE INDEX audit_entries_by_type ON audit_entries (type, sequence DESC)');
  // The one row every writer locks: entries get their place in the chain in commit order.
  await knex.raw(`
    CREATE TABLE audit_head (
      only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
      sequence bigint NOT NULL,
      hash text NOT NULL
    )`);
  await knex.raw(`INSERT INTO audit_head (sequence, hash) VALUES (0, repeat('0', 64))`);
  await knex.raw(`
    CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION 'The audit log only grows: % is refused.', TG_OP USING ERRCODE = 'insufficient_privilege';
    END $$`);
  await knex.raw(`
    CREATE TRIGGER audit_entries_only_grow BEFORE UPDATE OR DELETE ON audit_entries
    FOR EACH ROW EXECUTE FUNCTION refuse_audit_change()`);
  await knex.raw(`
    CREATE TRIGGER audit_entries_no_truncate BEFORE TRUNCATE ON audit_entries
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE audit_head');
  await knex.raw('DROP TABLE audit_entries');
  await knex.raw('DROP FUNCTION refuse_audit_change');
}
