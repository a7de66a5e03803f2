import { AccessError } from '../../core/access/errors.ts';
import type { OwnedScope, Scope } from '../../core/access/scope.ts';
import type { Knex } from '../db/knex.ts';
import { personOf } from '../db/person-row.ts';
import type { EndGrantsFor, RunUnitOfWork } from '../db/unit-of-work.ts';
import type { CurrentPerson } from '../http/current-person.ts';

/** What sidecars and policies are told of a Scope. */
export const SCOPE_COLUMNS = ['id', 'name', 'description', 'rules'] as const;

/** Within a transaction the Scope can't be deleted before its end: what is given of it now would outlive it. */
export async function findScope(knex: Knex, id: string): Promise<Scope | null> {
  const query = knex('scopes').where({ id });
  return (await (knex.isTransaction === true ? query.forKeyShare() : query).first<Scope>(...SCOPE_COLUMNS)) ?? null;
}

export async function findOwnedScope(knex: Knex, id: string): Promise<OwnedScope | null> {
  return (await knex('scopes').where({ id }).first<OwnedScope>()) ?? null;
}

/**
 * Makes the Scope what is given, new or changed.
 * @param actor null: Hallpass itself, at its first start
 * @param assertUnchanged told what is there before anything is written; throws where the caller has seen something else
 * @throws AccessError `invalid-value` for an owner who is no person here
 */
export async function putScope(
  run: RunUnitOfWork,
  actor: CurrentPerson | null,
  { owners = [], ...scope }: Scope & { readonly owners?: readonly string[] },
  assertUnchanged: (before: OwnedScope | null) => void = () => {},
): Promise<'created' | 'changed'> {
  const { result } = await run(async (unit) => {
    const before = (await unit.trx('scopes').where({ id: scope.id }).forUpdate().first<OwnedScope>()) ?? null;
    assertUnchanged(before);
    await assertPeople(unit.trx, owners);
    await unit
      .trx('scopes')
      .insert({ ...scope, rules: JSON.stringify(scope.rules), owners: JSON.stringify(owners) })
      .onConflict('id')
      .merge();
    unit.audit({
      type: before === null ? 'scope.created' : 'scope.changed',
      actor: actor === null ? null : personOf(actor),
      subject: null,
      summary: `The Scope ${scope.id} was ${before === null ? 'created' : 'changed'}.`,
      details: { before, after: { ...scope, owners } },
    });
    unit.publish({ kind: 'scope', id: scope.id, value: scope });
    return before === null ? ('created' as const) : ('changed' as const);
  });
  return result;
}

async function assertPeople(knex: Knex, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const known: string[] = await knex('people').whereIn('id', ids).pluck('id');
  const missing = ids.find((id) => !known.includes(id));
  if (missing !== undefined) {
    throw new AccessError('invalid-value', `There is no person ${missing}.`, { field: 'owners' });
  }
}

export async function deleteScope(
  run: RunUnitOfWork,
  endGrantsFor: EndGrantsFor,
  actor: CurrentPerson,
  id: string,
): Promise<void> {
  await run(async (unit) => {
    // Locked before its grants are looked for, so that none is made in between.
    const before = await unit.trx('scopes').where({ id }).forUpdate().first<OwnedScope>();
    if (before === undefined) throw new AccessError('not-found', `There is no Scope ${id}.`);
    await endGrantsFor(unit, { kind: 'scope', scope_id: id }, personOf(actor));
    await unit.trx('scopes').where({ id }).delete();
    unit.audit({
      type: 'scope.deleted',
      actor: personOf(actor),
      subject: null,
      summary: `The Scope ${id} was deleted.`,
      details: { before },
    });
    unit.publish({ kind: 'scope', id, value: null });
  });
}
