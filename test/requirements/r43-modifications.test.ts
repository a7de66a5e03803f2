import { expect, it } from '@jest/globals';
import { AWS_PRODUCTION, approve, ask, audited, requirement } from './requirement.ts';

requirement('R43', 'the audit has every modification against the original request', (api) => {
  it('asked beside given', async () => {
    const request = await ask(api(), 'member', { duration_seconds: null });
    await approve(api(), request.id, { scope_id: 'production', duration_seconds: 600 });
    expect(await audited(api(), request.id, 'access-request.approved')).toMatchObject({
      details: {
        asked: { entitlement: { kind: 'resource', resource: AWS_PRODUCTION }, duration_seconds: null },
        given: { entitlement: { kind: 'scope', scope_id: 'production' }, duration_seconds: 600 },
        modifications: ['entitlement', 'duration_seconds'],
      },
    });
  });

  it('and none where there was none', async () => {
    const request = await ask(api(), 'member2');
    await approve(api(), request.id);
    expect((await audited(api(), request.id, 'access-request.approved')).details.modifications).toEqual([]);
  });
});
