import { expect, it } from '@jest/globals';
import { approve, ask, audited, requirement } from './requirement.ts';

requirement('R42', 'the audit has when access was granted, and when it expired or was revoked', (api) => {
  it('expired', async () => {
    const request = await ask(api(), 'member', { duration_seconds: 1 });
    const { grant } = await approve(api(), request.id);
    expect(await audited(api(), request.id, 'grant.created')).toMatchObject({
      grant_id: grant.id,
      details: { starts_at: grant.starts_at, expires_at: grant.expires_at },
    });
    expect(await audited(api(), request.id, 'grant.expired')).toMatchObject({
      grant_id: grant.id,
      actor: null,
      details: { ended_at: grant.expires_at },
    });
  });

  it('revoked, by whom and why', async () => {
    const request = await ask(api(), 'member2');
    const { grant } = await approve(api(), request.id);
    await api().as('admin2').post(`/v1/grants/${grant.id}/revoke`, { reason: 'The incident is over.' });
    expect(await audited(api(), request.id, 'grant.revoked')).toMatchObject({
      actor: { email: 'admin2@example.com' },
      details: { ended_at: expect.any(String), reason: 'The incident is over.' },
    });
  });
});
