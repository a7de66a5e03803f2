import { AccessError } from '../../core/access/errors.ts';
import type { Scope } from '../../core/access/scope.ts';
import type { Knex } from '../db/knex.ts';
import { personOf } from '../db/person-row.ts';
import type { EndGrantsFor, RunUnitOfWork } from '../db/unit-of-work.ts';
import type { CurrentPerson } from '../http/current-person.ts';

export async function findScope(knex: Knex, id: string): Promise<Scope | null> {
  return (await knex('scopes').where({ id }).first<Scope>()) ?? null;
}

/** @param actor null: Hallpass itself, at its first start */
export async function putScope(
  run: RunUnitOfWork,
  actor: CurrentPerson | null,
  scope: Scope,
): Promise<'created' | 'changed'> {
  const { result } = await run(async (unit) => {
    const before = await findScope(unit.trx, scope.id);
    await unit
      .trx('scopes')
      .insert({ ...scope, rules: JSON.stringify(scope.rules) })
      .onConflict('id')
      .merge();
    unit.audit({
      type: before === null ? 'scope.created' : 'scope.changed',
      actor: actor === null ? null : personOf(actor),
      subject: null,
      summary: `The Scope ${scope.id} was ${before === null ? 'created' : 'changed'}.`,
      details: { before, after: scope },
    });
    unit.publish({ kind: 'scope', id: scope.id, value: scope });
    return before === null ? ('created' as const) : ('changed' as const);
  });
  return result;
}

export async function deleteScope(
  run: RunUnitOfWork,
  endGrantsFor: EndGrantsFor,
  actor: CurrentPerson,
  id: string,
): Promise<void> {
  await run(async (unit) => {
    const before = await findScope(unit.trx, id);
    if (before === null) throw new AccessError('not-found', `There is no Scope ${id}.`);
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
