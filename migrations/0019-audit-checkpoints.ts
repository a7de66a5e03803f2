import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  // What was moved to an archive. A row says: entries up to `sequence` are no longer here, and the chain goes on from `hash`.
  await knex.raw(`
    CREATE TABLE audit_checkpoints (
      sequence bigint PRIMARY KEY,
      first_sequence bigint NOT NULL,
      previous_hash text NOT NULL,
      hash text NOT NULL,
      entries bigint NOT NULL CHECK (entries = sequence - first_sequence + 1 AND entries > 0),
      archive_name text NOT NULL,
      archive_sha256 text NOT NULL,
      time timestamptz NOT NULL,
      signature text NOT NULL
    )`);
  await knex.raw(`
    CREATE FUNCTION assert_audit_checkpoint() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      before record;
    BEGIN
      SELECT sequence, hash INTO before FROM audit_checkpoints ORDER BY sequence DESC LIMIT 1;
      IF NEW.first_sequence <> coalesce(before.sequence, 0) + 1
         OR NEW.previous_hash <> coalesce(before.hash, repeat('0', 64)) THEN
        RAISE EXCEPTION 'A checkpoint must go on where the one before it ended.' USING ERRCODE = 'check_violation';
      END IF;
      IF NOT EXISTS (SELECT FROM audit_entries WHERE sequence = NEW.sequence AND hash = NEW.hash) THEN
        RAISE EXCEPTION 'A checkpoint must name an entry of the log with its hash.' USING ERRCODE = 'check_violation';
      END IF;
      RETURN NEW;
    END $$`);
  await knex.raw(`
    CREATE TRIGGER audit_checkpoints_go_on BEFORE INSERT ON audit_checkpoints
    FOR EACH ROW EXECUTE FUNCTION assert_audit_checkpoint()`);
  await knex.raw(`
    CREATE TRIGGER audit_checkpoints_only_grow BEFORE UPDATE OR DELETE ON audit_checkpoints
    FOR EACH ROW EXECUTE FUNCTION refuse_audit_change()`);
  await knex.raw(`
    CREATE TRIGGER audit_checkpoints_no_truncate BEFORE TRUNCATE ON audit_checkpoints
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()`);
  // An entry may go in the transaction that puts the checkpoint over it, and in no other: whatever is deleted leaves a row
  // behind that can't be taken away.
  await knex.raw(`
    CREATE FUNCTION refuse_unsealed_audit_deletion() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF EXISTS (SELECT FROM audit_checkpoints AS own
                  WHERE own.xmin = pg_current_xact_id()::xid
                    AND OLD.sequence BETWEEN own.first_sequence AND own.sequence) THEN
        RETURN OLD;
      END IF;
      RAISE EXCEPTION 'The audit log only grows: % is refused.', TG_OP USING ERRCODE = 'insufficient_privilege';
    END $$`);
  await knex.raw('DROP TRIGGER audit_entries_only_grow ON audit_entries');
  await knex.raw(`
    CREATE TRIGGER audit_entries_only_grow BEFORE UPDATE ON audit_entries
    FOR EACH ROW EXECUTE FUNCTION refuse_audit_change()`);
  await knex.raw(`
    CREATE TRIGGER audit_entries_deleted_under_seal BEFORE DELETE ON audit_entries
    FOR EACH ROW EXECUTE FUNCTION refuse_unsealed_audit_deletion()`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TRIGGER audit_entries_deleted_under_seal ON audit_entries');
  await knex.raw('DROP TRIGGER audit_entries_only_grow ON audit_entries');
  await knex.raw(`
    CREATE TRIGGER audit_entries_only_grow BEFORE UPDATE OR DELETE ON audit_entries
    FOR EACH ROW EXECUTE FUNCTION refuse_audit_change()`);
  await knex.raw('DROP FUNCTION refuse_unsealed_audit_deletion');
  await knex.raw('DROP TABLE audit_checkpoints');
  await knex.raw('DROP FUNCTION assert_audit_checkpoint');
}
