import type { Me } from '../api/me.ts';

/** Whether the settings are open: to Admins and the Owner, by the role that counts now. */
export function isAdmin(me: Pick<Me, 'role'>): boolean {
  return me.role === 'admin' || me.role === 'owner';
}
