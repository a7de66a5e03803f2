import { describe, expect, it } from '@jest/globals';
import { mayHandOut, ROLES } from '../../../core/access/role.ts';
import { changeRefusal, rolesToGive } from '../../../console/people/role-rules.ts';
import { splitNames } from '../../../console/people/split-names.ts';

describe('who may give which Role', () => {
  it.each(ROLES)('is what the rule of the API says, for one who is %s', (own) => {
    expect(rolesToGive(own)).toEqual(ROLES.filter((role) => mayHandOut(own, role)));
  });
});

describe('why a person can not be changed', () => {
  const admin = { id: 'per_admin', role: 'admin' } as const;
  const owner = { id: 'per_owner', role: 'owner' } as const;
  it('is nothing for others up to the own role', () => {
    expect(changeRefusal(admin, { id: 'per_1', role: 'viewer' })).toBeNull();
    expect(changeRefusal(admin, { id: 'per_2', role: 'admin' })).toBeNull();
    expect(changeRefusal(owner, admin)).toBeNull();
  });
  it('names oneself, the Owner, and roles above', () => {
    expect(changeRefusal(admin, admin)).toMatch(/^Nobody changes their own role/);
    expect(changeRefusal(owner, owner)).toMatch(/^Nobody changes their own role/);
    expect(changeRefusal(admin, owner)).toMatch(/exactly one Owner/);
    expect(changeRefusal({ id: 'per_m', role: 'member' }, admin)).toBe(
      'Your role Member can’t change a person of role Admin.',
    );
  });
});

describe('groups, typed', () => {
  it('are split at commas, each once', () => {
    expect(splitNames(' sre, on-call ,, sre')).toEqual(['sre', 'on-call']);
    expect(splitNames('  ')).toEqual([]);
  });
});
