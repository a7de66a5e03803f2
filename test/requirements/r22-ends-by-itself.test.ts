import { expect, it } from '@jest/globals';
import { AWS_PRODUCTION, obtain, PRODUCTION, waitForAudit } from '../journeys/access-loop.ts';
import { waitUntil } from '../support/wait-until.ts';
import { stackRequirement } from './requirement.ts';

stackRequirement('R22', 'at the end it is revoked automatically; nobody has to do anything', (stack) => {
  it('at the gate by the clock, in the record by the worker', async () => {
    const grant = await obtain(stack(), 'member', { resource: AWS_PRODUCTION, duration_seconds: 2 });
    const proxy = await stack().proxy('member');
    const refused = await waitUntil('the call to be refused', async () => {
      const answer = await proxy.get(`${PRODUCTION}/echo`);
      return answer.status === 403 ? answer : null;
    });
    expect(refused.body.reason).toBe('no-grant');
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(grant.expires_at));
    const entry = await waitForAudit(stack(), 'grant.expired', `&request_id=${grant.request_id}`);
    expect(entry).toMatchObject({ actor: null, grant_id: grant.id });
    const { body } = await (await stack().api('member')).get(`/v1/grants?subject=me`);
    expect(body.items.find((one: { id: string }) => one.id === grant.id)).toMatchObject({
      state: 'expired',
      ended_at: grant.expires_at,
      ended_by: null,
    });
  });
});
