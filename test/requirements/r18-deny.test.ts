import { expect, it } from '@jest/globals';
import { ask, notified, requirement } from './requirement.ts';

requirement('R18', 'denying, with an optional reason', (api) => {
  it('with one: the requester reads it', async () => {
    const asked = await ask(api(), 'member');
    const denied = await api().as('admin').post(`/v1/access-requests/${asked.id}/deny`, { reason: 'Use staging.' });
    expect(denied.status).toBe(200);
    const own = await api().as('member').get(`/v1/access-requests/${asked.id}`);
    expect(own.body).toMatchObject({
      status: 'denied',
      grant: null,
      reviews: [{ verdict: 'deny', note: 'Use staging.', reviewer: { name: 'Ada Admin' } }],
    });
    expect((await notified(api(), 'member', /was denied$/)).body).toContain('Use staging.');
  });

  it('without one', async () => {
    const asked = await ask(api(), 'member2');
    const denied = await api().as('owner').post(`/v1/access-requests/${asked.id}/deny`, {});
    expect(denied.body.request).toMatchObject({ status: 'denied', reviews: [{ verdict: 'deny', note: null }] });
  });
});
