import { expect, it } from '@jest/globals';
import { approve, ask, requirement } from './requirement.ts';

requirement('R19', 'access is permanent or time-bound; Admins and the Owner review, nobody else', (api) => {
  it.each(['member', 'member2', 'viewer'])('not %s', async (name) => {
    const asked = await ask(api(), 'admin2', { resource: { type: 'target', id: 'billing-db' }, reason: name }).catch(
      async () => (await api().as('admin2').get('/v1/access-requests?status=pending')).body.items[0],
    );
    for (const verb of ['approve', 'deny']) {
      const refused = await api().as(name).post(`/v1/access-requests/${asked.id}/${verb}`, {});
      expect([refused.status, refused.body.code]).toEqual([403, 'role-too-low']);
    }
  });

  it('not even an Admin, their own', async () => {
    const asked = await ask(api(), 'admin');
    const refused = await api().as('admin').post(`/v1/access-requests/${asked.id}/approve`, {});
    expect([refused.status, refused.body.code]).toEqual([403, 'self-review']);
    const byOwner = await api().as('owner').post(`/v1/access-requests/${asked.id}/approve`, {});
    expect(byOwner.status).toBe(200);
  });

  it('permanent has no end, time-bound has one', async () => {
    const forEver = await approve(api(), (await ask(api(), 'member', { duration_seconds: null })).id);
    const forAnHour = await approve(api(), (await ask(api(), 'member2')).id);
    expect(forEver.grant.expires_at).toBeNull();
    expect(Date.parse(forAnHour.grant.expires_at) - Date.parse(forAnHour.grant.starts_at)).toBe(3_600_000);
  });
});
