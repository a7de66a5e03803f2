import type { Knex } from 'knex';

/** What makes two requests the same: who asks, for what, and whether it is more time for the same grant. */
const SAME = `requester_id, kind, COALESCE(resource_type, ''), COALESCE(resource_id, ''), COALESCE(scope_id, ''),
  COALESCE(role, ''), COALESCE(extends_grant_id, '')`;

export async function up(knex: Knex): Promise<void> {
  // What nobody decided in time is over; recorded here, because it would stand in the way below.
  await knex.raw(`
    UPDATE access_requests SET status = 'expired', decided_at = pending_until
     WHERE status = 'pending' AND pending_until <= now()`);
  // Of several pending requests for the same thing the first one stays.
  await knex.raw(`
    UPDATE access_requests SET status = 'cancelled', decided_at = now()
     WHERE id IN (
       SELECT id FROM (
         SELECT id, row_number() OVER (PARTITION BY ${SAME} ORDER BY submitted_at, id) AS place
           FROM access_requests WHERE status = 'pending') AS same
        WHERE place > 1)`);
  await knex.raw(
    `CREATE UNIQUE INDEX access_requests_pending_once ON access_requests (${SAME}) WHERE status = 'pending'`,
  );
  // At most one emergency of a person waits for its review.
  await knex.raw(`
    CREATE UNIQUE INDEX access_requests_break_glass_once ON access_requests (requester_id)
     WHERE break_glass AND break_glass_closed_at IS NULL`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP INDEX access_requests_break_glass_once');
  await knex.raw('DROP INDEX access_requests_pending_once');
}
