import { expect, it } from '@jest/globals';
import { approve, ask, AWS_PRODUCTION, PRODUCTION } from '../journeys/access-loop.ts';
import { waitUntil } from '../support/wait-until.ts';
import { stackRequirement } from './requirement.ts';

stackRequirement('R20', 'access begins at once on approval', (stack) => {
  it('for the very call that was refused', async () => {
    const proxy = await stack().proxy('member');
    expect((await proxy.get(`${PRODUCTION}/echo`)).status).toBe(403);
    const asked = await ask(stack(), 'member', { resource: AWS_PRODUCTION, duration_seconds: 3_600 });
    const before = Date.now();
    const { grant } = await approve(stack(), 'admin', asked.id);
    await waitUntil('the call to pass', async () => (await proxy.get(`${PRODUCTION}/echo`)).status === 200, {
      timeoutMs: 5_000,
    });
    // The clock of the grant starts at approval, not at the request.
    expect(Date.parse(grant.starts_at)).toBeGreaterThanOrEqual(before - 1);
    expect(Date.parse(grant.expires_at) - Date.parse(grant.starts_at)).toBe(3_600_000);
  });
});
