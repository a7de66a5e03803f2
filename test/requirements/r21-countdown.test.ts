import { expect, it } from '@jest/globals';
import { approve, ask, requirement } from './requirement.ts';

requirement('R21', "a countdown on the requester's profile shows when it ends", (api) => {
  it('from the end of the grant and the time of the server, so that no wrong clock on the way matters', async () => {
    const { grant } = await approve(api(), (await ask(api(), 'member', { duration_seconds: 90 })).id);
    const { body } = await api().as('member').get('/v1/me');
    const own = body.grants.find((one: { id: string }) => one.id === grant.id);
    const left = Date.parse(own.expires_at) - Date.parse(body.server_time);
    expect(left).toBeGreaterThan(80_000);
    expect(left).toBeLessThanOrEqual(90_000);
  });

  it('for what one has oneself; nothing of anybody else', async () => {
    const { body } = await api().as('member2').get('/v1/me');
    expect(body.grants.map((one: { subject: { email: string } }) => one.subject.email)).toEqual([
      'member2@example.com',
    ]);
  });
});
