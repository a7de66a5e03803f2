import { expect, it } from '@jest/globals';
import { AWS_PRODUCTION, BILLING_DB, COST_EXPLORER, ask, requirement } from './requirement.ts';

requirement('R10', 'members ask for what they lack a Scope or a Role for', (api) => {
  it.each([
    ['a Connection', { resource: AWS_PRODUCTION }],
    ['a Target', { resource: BILLING_DB }],
    ['a feature', { resource: COST_EXPLORER }],
    ['a Scope', { scope_id: 'production' }],
    ['a Role', { role: 'admin' }],
  ])('%s', async (_, wanted) => {
    const request = await ask(api(), 'member', wanted);
    expect(request).toMatchObject({ status: 'pending', requester: { email: 'member@example.com' }, ...named(wanted) });
  });

  it('but not for what they may not know of', async () => {
    const body = { resource: { type: 'connection', id: 'payroll' }, reason: 'Curious', duration_seconds: 60 };
    const hidden = await api().as('member').post('/v1/access-requests', body);
    const absent = await api()
      .as('member')
      .post('/v1/access-requests', { ...body, resource: { type: 'connection', id: 'nowhere' } });
    expect([hidden.status, hidden.body.code]).toEqual([404, 'not-found']);
    expect([absent.status, absent.body.code]).toEqual([404, 'not-found']);
  });
});

function named(wanted: { resource?: object; scope_id?: string; role?: string }): object {
  if (wanted.resource !== undefined) return { kind: 'resource', resource: wanted.resource };
  return wanted.role === undefined
    ? { kind: 'scope', scope: { id: wanted.scope_id } }
    : { kind: 'role', role: wanted.role };
}
