import type { Role } from '../../core/access/role.ts';
import { ROLE_NAMES } from '../api/entitlement.ts';
import { roleWord } from '../elements/entitlement-words.ts';

interface Holder {
  readonly id: string;
  readonly role: Role;
}

/** The Roles that somebody with `own` role may give: none above it, and never Owner. As `core/access/role.ts` has it. */
export function rolesToGive(own: Role): readonly Role[] {
  if (own !== 'admin' && own !== 'owner') return [];
  return ROLE_NAMES.slice(0, ROLE_NAMES.indexOf(own) + 1).filter((role) => role !== 'owner');
}

/** Why `me` may neither change this person's role nor disable them, or null. The API refuses the same. */
export function changeRefusal(me: Holder, person: Holder): string | null {
  if (person.id === me.id)
    return 'Nobody changes their own role or disables themselves. Ask another Admin or the Owner.';
  if (person.role === 'owner') return 'There is exactly one Owner, whose role and account nobody else changes.';
  if (ROLE_NAMES.indexOf(me.role) < ROLE_NAMES.indexOf(person.role)) {
    return `Your role ${roleWord(me.role)} can’t change a person of role ${roleWord(person.role)}.`;
  }
  return null;
}
