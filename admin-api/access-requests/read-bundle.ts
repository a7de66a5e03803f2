import type { Knex } from '../db/knex.ts';
import { askedTerms, statusAt, type AccessRequestRow } from './access-request-row.ts';
import type { AccessRequestView } from './access-request-view.ts';
import { nameEntitlement, readNames } from './read-names.ts';

/** What was submitted together, the request itself included; nothing where it came alone. */
export async function readBundle(
  knex: Knex,
  row: AccessRequestRow,
  nowMs: number,
): Promise<AccessRequestView['bundle']> {
  if (row.bundle_id === null) return [];
  const rows: AccessRequestRow[] = await knex('access_requests')
    .where({ bundle_id: row.bundle_id, requester_id: row.requester_id })
    .orderBy(['submitted_at', 'id']);
  return presentBundle(knex, rows, nowMs);
}

/** Requests as members of a bundle, in the order given. */
export async function presentBundle(
  knex: Knex,
  rows: readonly AccessRequestRow[],
  nowMs: number,
): Promise<AccessRequestView['bundle']> {
  const names = await readNames(
    knex,
    [],
    rows.map((one) => askedTerms(one).entitlement),
  );
  return rows.map((one) => ({
    id: one.id,
    status: statusAt(one, nowMs),
    ...nameEntitlement(askedTerms(one).entitlement, names),
  }));
}
