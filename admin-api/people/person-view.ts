import { z } from 'zod';
import { roleSchema } from '../../core/access/role.ts';
import type { PersonRow } from '../db/person-row.ts';

export const groupsSchema = z.array(z.string().min(1).max(200)).max(500);

export const personSchema = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string(),
  role: roleSchema,
  groups: groupsSchema,
  disabled: z.boolean(),
});

/** A person as Admins see them. */
export function presentPerson(row: PersonRow): z.output<typeof personSchema> {
  const { id, email, name, role } = row;
  return { id, email, name, role, groups: row.groups, disabled: row.disabled_at !== null };
}
