import type { Role } from '../../core/access/role.ts';
import type { Knex } from '../db/knex.ts';

export interface ReviewerRow {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  /** Base role and active role grants together. */
  readonly role: Role;
  readonly disabled: false;
}

/** Everybody who could review anything at `nowMs`: Admins and the Owner, by base role or by a role grant that counts then. */
export async function readReviewers(knex: Knex, nowMs: number): Promise<ReviewerRow[]> {
  const { rows } = (await knex.raw(
    `SELECT p.id, p.email, p.name, CASE WHEN p.role = 'owner' THEN 'owner' ELSE 'admin' END AS role, false AS disabled
       FROM people p
      WHERE p.disabled_at IS NULL AND (p.role IN ('admin', 'owner') OR EXISTS (
        SELECT 1 FROM grants g WHERE g.subject_id = p.id AND g.kind = 'role' AND g.role = 'admin' AND g.ended_at IS NULL
           AND g.starts_at <= :now AND (g.expires_at IS NULL OR g.expires_at > :now)))
      ORDER BY lower(p.name), p.id`,
    { now: new Date(nowMs) },
  )) as { rows: ReviewerRow[] };
  return rows;
}
