import { expect, it } from '@jest/globals';
import { approve, ask, notified, requirement } from './requirement.ts';

requirement('R34', 'expired access is told to the requester', (api) => {
  it('when its time is over', async () => {
    const { grant } = await approve(api(), (await ask(api(), 'member', { duration_seconds: 1 })).id);
    const notice = await notified(api(), 'member', /^connection:aws-production has ended$/);
    expect(Date.parse(notice.created_at)).toBeGreaterThanOrEqual(Date.parse(grant.expires_at));
  });
});
