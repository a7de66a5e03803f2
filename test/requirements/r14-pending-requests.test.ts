import { expect, it } from '@jest/globals';
import { approve, ask, requirement } from './requirement.ts';

requirement('R14', 'pending requests appear to Admins and the Owner', (api) => {
  it('to them, and of others to nobody else', async () => {
    const request = await ask(api(), 'member');
    for (const reviewer of ['admin', 'admin2', 'owner']) {
      const { body } = await api().as(reviewer).get('/v1/access-requests?status=pending');
      expect(body.items.map((item: { id: string }) => item.id)).toEqual([request.id]);
      const count = await api().as(reviewer).get('/v1/access-requests/count?awaiting=me');
      expect(count.body).toEqual({ count: 1 });
    }
    for (const other of ['member2', 'viewer']) {
      const { body } = await api().as(other).get('/v1/access-requests?status=pending');
      expect(body.items).toEqual([]);
      expect((await api().as(other).get(`/v1/access-requests/${request.id}`)).status).toBe(404);
    }
  });

  it('until they are decided, and then in the history for good', async () => {
    const request = await ask(api(), 'member2');
    await approve(api(), request.id);
    const pending = await api().as('admin').get('/v1/access-requests?status=pending');
    expect(pending.body.items.map((item: { id: string }) => item.id)).not.toContain(request.id);
    const decided = await api().as('admin').get('/v1/access-requests?status=approved,denied,expired,cancelled');
    expect(decided.body.items.map((item: { id: string }) => item.id)).toContain(request.id);
  });
});
