import type { Role } from '../../core/access/role.ts';
import { personOf, subjectFact, type PersonRow } from '../db/person-row.ts';
import type { UnitOfWork } from '../db/unit-of-work.ts';

/** What the identity provider decides of a person; undefined: it is kept by hand. */
export interface ProviderClaims {
  readonly groups: readonly string[] | undefined;
  readonly role: Role | undefined;
}

/**
 * Makes a person what the provider says they are. The Owner stays the Owner, whatever it says; and while there is one,
 * nobody else becomes it, but an Admin instead.
 */
export async function applyProviderClaims(unit: UnitOfWork, personId: string, claims: ProviderClaims): Promise<void> {
  if (claims.groups === undefined && claims.role === undefined) return;
  const before: PersonRow | undefined = await unit.trx('people').where({ id: personId }).forUpdate().first();
  if (before === undefined || before.disabled_at !== null) return;
  const role = await roleToHave(unit, before, claims.role);
  const groups = claims.groups ?? before.groups;
  const sameGroups = groups.join('\n') === before.groups.join('\n');
  if (role === before.role && sameGroups) return;
  const [after] = (await unit
    .trx('people')
    .where({ id: personId })
    .update({ role, groups: JSON.stringify(groups) })
    .returning('*')) as [PersonRow];
  unit.audit({
    type: 'person.changed',
    actor: null,
    subject: personOf(after),
    summary:
      role === before.role
        ? `The identity provider changed the groups of ${after.name}.`
        : `The identity provider made ${after.name} ${role}, was ${before.role}.`,
    details: {
      source: 'identity-provider',
      before: { role: before.role, groups: before.groups },
      after: { role: after.role, groups: after.groups },
    },
  });
  unit.publish(subjectFact(after));
}

async function roleToHave(unit: UnitOfWork, person: PersonRow, role: Role | undefined): Promise<Role> {
  if (role === undefined || person.role === 'owner') return person.role;
  if (role !== 'owner') return role;
  const owner: unknown = await unit.trx('people').where({ role: 'owner' }).first('id');
  return owner === undefined ? 'owner' : 'admin';
}
