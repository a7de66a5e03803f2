import { expect, it } from '@jest/globals';
import { AWS_PRODUCTION, ask, audited, requirement } from './requirement.ts';

requirement('R40', 'the audit has who asked for what, and why', (api) => {
  it('from the moment it was asked', async () => {
    const request = await ask(api(), 'member', { reason: 'Ticket 7' });
    expect(await audited(api(), request.id, 'access-request.submitted')).toMatchObject({
      actor: { email: 'member@example.com' },
      subject: { email: 'member@example.com' },
      details: {
        reason: 'Ticket 7',
        asked: { entitlement: { kind: 'resource', resource: AWS_PRODUCTION }, duration_seconds: 3_600 },
      },
    });
  });
});
