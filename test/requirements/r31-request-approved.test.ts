import { expect, it } from '@jest/globals';
import { approve, ask, notified, requirement } from './requirement.ts';

requirement('R31', 'an approved request is told to the requester', (api) => {
  it('with what was given, and what differs from what was asked', async () => {
    const request = await ask(api(), 'member');
    await approve(api(), request.id, { duration_seconds: 600 });
    const notice = await notified(api(), 'member', /^You have access: connection:aws-production$/);
    expect(notice.link).toBe(`/access-requests/${request.id}`);
    expect(notice.body).toMatch(/10 minutes/);
    expect(notice.body).toMatch(/1 hour/);
  });

  it('once', async () => {
    const { body } = await api().as('member').get('/v1/notifications?limit=100');
    expect(body.items.filter((item: { title: string }) => item.title.startsWith('You have access'))).toHaveLength(1);
  });
});
