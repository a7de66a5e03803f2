import type { Role } from '../../core/access/role.ts';
import type { Subject } from '../../core/access/subject.ts';
import type { Fact } from '../../core/feed/fact.ts';
import type { AuditPerson } from './unit-of-work.ts';

export interface PersonRow {
  id: string;
  sub: string | null;
  email: string;
  name: string;
  role: Role;
  groups: string[];
  attributes: Subject['attributes'];
  disabled_at: Date | null;
  created_at: Date;
}

export function subjectFact(row: PersonRow): Fact {
  return {
    kind: 'subject',
    id: row.id,
    value: {
      id: row.id,
      // A person the identity provider has not named yet can be found by their own id only, which no token carries.
      sub: row.sub ?? row.id,
      email: row.email,
      name: row.name,
      role: row.role,
      groups: row.groups,
      attributes: row.attributes,
      disabled: row.disabled_at !== null,
    },
  };
}

export function personOf(row: Pick<PersonRow, 'id' | 'email' | 'name'>): AuditPerson {
  return { id: row.id, email: row.email, name: row.name };
}
