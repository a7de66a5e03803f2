import { describe, expect, it } from '@jest/globals';
import { newRequestPath, readAskedFor } from '../../../console/access-requests/asked-entitlement.ts';
import { RESOURCE_TYPE_NAMES, ROLE_NAMES } from '../../../console/api/entitlement.ts';
import { RESOURCE_TYPES } from '../../../core/access/resource.ts';
import { ROLES } from '../../../core/access/role.ts';

const read = (query: string) => readAskedFor(new URLSearchParams(query));

describe('what the form is opened for', () => {
  it.each([
    ['resource=connection:aws-production', { resource: { type: 'connection', id: 'aws-production' } }],
    ['resource=target%3Abilling-db', { resource: { type: 'target', id: 'billing-db' } }],
    ['scope=production', { scope_id: 'production' }],
    ['role=admin', { role: 'admin' }],
  ])('reads %s', (query, entitlement) => {
    expect(read(query)).toEqual({ kind: 'asked', entitlement });
  });

  it.each([
    'resource=',
    'resource=aws-production',
    'resource=planet:mars',
    'resource=connection:',
    'resource=connection:AWS Production',
    'resource=connection:../../x',
    'scope=',
    'scope=a/b',
    'role=king',
  ])('says that %s names nothing', (query) => {
    expect(read(query)).toEqual({ kind: 'unreadable' });
  });

  it('is a choice when nothing is named', () => {
    expect(read('')).toEqual({ kind: 'nothing' });
    expect(read('evaluation_id=ev_1')).toEqual({ kind: 'nothing' });
  });

  it('finds its way back from the address it writes', () => {
    for (const entitlement of [
      { resource: { type: 'feature', id: 'cost-explorer' } },
      { scope_id: 'staging' },
      { role: 'member' },
    ] as const) {
      const path = newRequestPath(entitlement);
      expect(read(path.slice(path.indexOf('?') + 1))).toEqual({ kind: 'asked', entitlement });
    }
  });

  it('knows the same types and Roles as the rules', () => {
    expect(RESOURCE_TYPE_NAMES).toEqual(RESOURCE_TYPES);
    expect(ROLE_NAMES).toEqual(ROLES);
  });
});
