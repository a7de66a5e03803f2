import { z } from 'zod';

/** Lowest first. Exactly one person is the owner. */
export const ROLES = ['viewer', 'member', 'admin', 'owner'] as const;

export const roleSchema = z.enum(ROLES);
export type Role = z.infer<typeof roleSchema>;

export function roleRank(role: Role): number {
  return ROLES.indexOf(role);
}

export function isAtLeast(role: Role, minimum: Role): boolean {
  return roleRank(role) >= roleRank(minimum);
}

export function higherRole(a: Role, b: Role): Role {
  return isAtLeast(a, b) ? a : b;
}

/**
 * Whether somebody with `own` role may give away `role`: never more than they have themselves, and
 * ownership is transferred, never handed out.
 */
export function mayHandOut(own: Role, role: Role): boolean {
  return role !== 'owner' && isAtLeast(own, 'admin') && isAtLeast(own, role);
}
