import { AccessError } from '../../core/access/errors.ts';
import { resourceKey, type Resource, type ResourceRef } from '../../core/access/resource.ts';
import type { Knex } from '../db/knex.ts';
import { personOf } from '../db/person-row.ts';
import type { EndGrantsFor, RunUnitOfWork } from '../db/unit-of-work.ts';
import type { CurrentPerson } from '../http/current-person.ts';

/** Within a transaction the resource can't be deleted before its end: what is given of it now would outlive it. */
export async function findResource(knex: Knex, ref: ResourceRef): Promise<Resource | null> {
  const query = knex('resources').where({ type: ref.type, id: ref.id });
  return (await (knex.isTransaction === true ? query.forKeyShare() : query).first<Resource>()) ?? null;
}

/** Makes the resource what is given, new or changed. @param actor null: Hallpass itself, at its first start */
export async function putResource(
  run: RunUnitOfWork,
  actor: CurrentPerson | null,
  resource: Resource,
): Promise<'created' | 'changed'> {
  const { result } = await run(async (unit) => {
    await assertConnectionsExist(unit.trx, resource);
    const before = await findResource(unit.trx, resource);
    await unit
      .trx('resources')
      .insert({
        ...resource,
        connections: JSON.stringify(resource.connections),
        attributes: JSON.stringify(resource.attributes),
      })
      .onConflict(['type', 'id'])
      .merge();
    const key = resourceKey(resource);
    unit.audit({
      type: before === null ? 'resource.created' : 'resource.changed',
      actor: actor === null ? null : personOf(actor),
      subject: null,
      summary: `${key} was ${before === null ? 'created' : 'changed'}.`,
      details: { before, after: resource },
    });
    unit.publish({ kind: 'resource', id: key, value: resource });
    return before === null ? ('created' as const) : ('changed' as const);
  });
  return result;
}

export async function deleteResource(
  run: RunUnitOfWork,
  endGrantsFor: EndGrantsFor,
  actor: CurrentPerson,
  ref: ResourceRef,
): Promise<void> {
  await run(async (unit) => {
    // Locked before its grants are looked for, so that none is made in between.
    const before = await unit.trx('resources').where({ type: ref.type, id: ref.id }).forUpdate().first<Resource>();
    if (before === undefined) throw new AccessError('not-found', `There is no ${resourceKey(ref)}.`);
    await endGrantsFor(unit, { kind: 'resource', resource: ref }, personOf(actor));
    await unit.trx('resources').where({ type: ref.type, id: ref.id }).delete();
    unit.audit({
      type: 'resource.deleted',
      actor: personOf(actor),
      subject: null,
      summary: `${resourceKey(ref)} was deleted.`,
      details: { before },
    });
    unit.publish({ kind: 'resource', id: resourceKey(ref), value: null });
  });
}

async function assertConnectionsExist(knex: Knex, resource: Resource): Promise<void> {
  if (resource.type !== 'target' && resource.connections.length > 0) {
    throw new AccessError('invalid-value', 'Only a Target lives in Connections.', { field: 'connections' });
  }
  if (resource.type !== 'connection' && resource.environment !== null) {
    throw new AccessError(
      'invalid-value',
      'Only a Connection has an environment; a Target has those of its Connections.',
      {
        field: 'environment',
      },
    );
  }
  const known: string[] = await knex('resources')
    .where({ type: 'connection' })
    .whereIn('id', resource.connections)
    .pluck('id');
  const missing = resource.connections.filter((id) => !known.includes(id));
  if (missing.length > 0) {
    throw new AccessError('invalid-value', `There is no connection:${missing[0]}.`, { field: 'connections' });
  }
}
