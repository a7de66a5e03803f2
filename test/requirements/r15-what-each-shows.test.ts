import { expect, it } from '@jest/globals';
import { AWS_PRODUCTION, ask, requirement } from './requirement.ts';

requirement('R15', 'each shows Requester, Resource, Reason, Requested duration and Submitted', (api) => {
  it('in the queue', async () => {
    const before = Date.now();
    const request = await ask(api(), 'member', { reason: 'Ticket 7', duration_seconds: 14_400 });
    const { body } = await api().as('admin').get('/v1/access-requests?status=pending');
    const shown = body.items.find((item: { id: string }) => item.id === request.id);
    expect(shown).toMatchObject({
      requester: { name: 'Mia Member', email: 'member@example.com' },
      resource: { ...AWS_PRODUCTION, name: 'AWS production' },
      reason: 'Ticket 7',
      duration_seconds: 14_400,
    });
    expect(Date.parse(shown.submitted_at)).toBeGreaterThanOrEqual(before - 1);
    expect(Date.parse(shown.submitted_at)).toBeLessThanOrEqual(Date.now() + 1);
  });
});
