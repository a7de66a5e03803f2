import { expect, it } from '@jest/globals';
import { ask, requirement } from './requirement.ts';

requirement('R44', 'the audit is read by Admins and the Owner', (api) => {
  it.each(['admin', 'admin2', 'owner'])('%s', async (name) => {
    const { status, body } = await api().as(name).get('/v1/audit-events');
    expect(status).toBe(200);
    expect(body.items.length).toBeGreaterThan(0);
  });

  it.each(['member', 'viewer'])('not %s, not even the own part', async (name) => {
    if (name === 'member') await ask(api(), name);
    for (const path of ['/v1/audit-events', '/v1/audit-events/export?format=csv', '/v1/audit-head']) {
      const refused = await api().as(name).get(path);
      expect([path, refused.status, refused.body.code]).toEqual([path, 403, 'role-too-low']);
    }
  });
});
