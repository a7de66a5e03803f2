import { expect, it } from '@jest/globals';
import { AWS_PRODUCTION, approve, ask, requirement } from './requirement.ts';

requirement('R16', 'approving gives what was asked', (api) => {
  it('a resource', async () => {
    const { grant } = await approve(api(), (await ask(api(), 'member')).id);
    expect(grant).toMatchObject({ kind: 'resource', resource: AWS_PRODUCTION, state: 'active', origin: 'request' });
  });

  it('a Scope: the requester joins it', async () => {
    await approve(api(), (await ask(api(), 'member', { scope_id: 'production' })).id);
    const me = await api().as('member').get('/v1/me');
    expect(me.body.grants).toContainEqual(
      expect.objectContaining({ kind: 'scope', scope: { id: 'production', name: 'Production' }, state: 'active' }),
    );
  });

  it('a Role: it is raised, and counts at once', async () => {
    expect((await api().as('member2').get('/v1/audit-events')).status).toBe(403);
    await approve(api(), (await ask(api(), 'member2', { role: 'admin' })).id);
    const me = await api().as('member2').get('/v1/me');
    expect(me.body).toMatchObject({ role: 'admin', base_role: 'member' });
    expect((await api().as('member2').get('/v1/audit-events')).status).toBe(200);
  });

  it('once, however often and from wherever it is approved', async () => {
    const request = await ask(api(), 'viewer');
    const answers = await Promise.all(
      ['admin', 'admin2', 'owner'].map((name) => api().as(name).post(`/v1/access-requests/${request.id}/approve`, {})),
    );
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([200, 409, 409]);
    const me = await api().as('viewer').get('/v1/me');
    expect(me.body.grants).toHaveLength(1);
  });
});
