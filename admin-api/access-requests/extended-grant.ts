import { AccessError } from '../../core/access/errors.ts';
import type { Extension } from '../../core/access/extension.ts';
import { grantState, type Entitlement } from '../../core/access/grant.ts';
import { entitlementFromColumns } from '../db/entitlement-columns.ts';
import { toGrant, type GrantRow } from '../db/grant-row.ts';
import type { Knex } from '../db/knex.ts';
import type { CurrentPerson } from '../http/current-person.ts';

export interface OwnExtension {
  readonly entitlement: Entitlement;
  readonly extension: Extension;
}

/**
 * A person's own grant that may last longer. In a transaction it is locked, so that it does not end meanwhile.
 * @throws AccessError `not-found`, `already-ended`, `already-have` for a permanent one
 */
export async function findOwnExtension(
  knex: Knex,
  caller: Pick<CurrentPerson, 'id'>,
  grantId: string,
  nowMs: number,
): Promise<OwnExtension> {
  const query = knex('grants').where({ id: grantId, subject_id: caller.id });
  const row: GrantRow | undefined = await (knex.isTransaction === true ? query.forUpdate() : query).first();
  if (row === undefined) throw new AccessError('not-found', 'You have no such grant.', { field: 'extends_grant_id' });
  const state = grantState({ ...toGrant(row), end_reason: row.end_reason }, nowMs);
  if (state !== 'active' && state !== 'scheduled') {
    throw new AccessError('already-ended', `This access is ${state} already. Ask for it anew.`, {
      field: 'extends_grant_id',
      facts: { state },
    });
  }
  if (row.expires_at === null) {
    throw new AccessError('already-have', 'You have this permanently; there is nothing to extend.', {
      field: 'extends_grant_id',
      facts: { grant_id: row.id, expires_at: null },
    });
  }
  return {
    entitlement: entitlementFromColumns(row),
    extension: { grant_id: row.id, starts_at: row.starts_at.getTime(), expires_at: row.expires_at.getTime() },
  };
}
