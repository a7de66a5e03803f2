import { describe, expect, it } from '@jest/globals';
import {
  higherRole,
  isAtLeast,
  mayHandOut,
  roleRank,
  ROLES,
  roleSchema,
  type Role,
} from '../../../core/access/role.ts';

const pairs = ROLES.flatMap((a) => ROLES.map((b) => [a, b] as const));

describe('roles', () => {
  it('are viewer < member < admin < owner', () => {
    expect(ROLES.map(roleRank)).toEqual([0, 1, 2, 3]);
    expect(ROLES).toEqual(['viewer', 'member', 'admin', 'owner']);
  });

  it.each(pairs)('%s beside %s: one order for every comparison', (a, b) => {
    expect(isAtLeast(a, b)).toBe(ROLES.indexOf(a) >= ROLES.indexOf(b));
    expect(higherRole(a, b)).toBe(higherRole(b, a));
    expect(isAtLeast(higherRole(a, b), a) && isAtLeast(higherRole(a, b), b)).toBe(true);
    expect([a, b]).toContain(higherRole(a, b));
  });

  it('of other names are refused', () => {
    for (const role of ['Owner', 'root', '', null, 3]) expect(roleSchema.safeParse(role).success).toBe(false);
  });
});

describe('handing out a role', () => {
  const may: Record<Role, Role[]> = {
    viewer: [],
    member: [],
    admin: ['viewer', 'member', 'admin'],
    owner: ['viewer', 'member', 'admin'],
  };

  it.each(pairs)('%s gives %s: only from Admins up, never above their own, never ownership', (own, role) => {
    expect(mayHandOut(own, role)).toBe(may[own].includes(role));
  });
});
