import { isAtLeast } from '../../core/access/role.ts';
import type { CurrentPerson } from './current-person.ts';
import { HttpProblem } from './problem.ts';

/**
 * Whose records a list is to show: `me`, somebody by id, or everybody (undefined). Who is no Admin sees their own.
 * @throws HttpProblem `role-too-low` when they name somebody else
 */
export function whoseRecords(asked: string | undefined, caller: CurrentPerson): string | undefined {
  if (asked === 'me' || asked === caller.id) return caller.id;
  if (isAtLeast(caller.role, 'admin')) return asked;
  if (asked === undefined) return caller.id;
  throw new HttpProblem('role-too-low', `Only Admins see the records of others; yours is the role ${caller.role}.`);
}
