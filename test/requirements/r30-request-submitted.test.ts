import { expect, it } from '@jest/globals';
import { ask, notified, requirement } from './requirement.ts';

requirement('R30', 'a submitted request is told to all Admins and the Owner', (api) => {
  it('with who, what, why and for how long, and a link to decide', async () => {
    const request = await ask(api(), 'member', { reason: 'Ticket 7' });
    for (const reviewer of ['admin', 'admin2', 'owner']) {
      const notice = await notified(api(), reviewer, /^Mia Member asks for connection:aws-production$/);
      expect(notice).toMatchObject({ link: `/review/${request.id}`, read_at: null });
      expect(notice.body).toMatch(/1 hour/);
      expect(notice.body).toMatch(/Ticket 7/);
    }
  });

  it('and to nobody else, nor to an Admin who asks', async () => {
    await ask(api(), 'admin', { reason: 'Ticket 8' });
    await notified(api(), 'owner', /^Ada Admin asks for/);
    for (const name of ['member', 'member2', 'viewer', 'admin']) {
      const { body } = await api().as(name).get('/v1/notifications?limit=100');
      const own = body.items.filter((item: { title: string }) => item.title.startsWith('Ada Admin asks'));
      expect(own).toEqual([]);
    }
  });
});
