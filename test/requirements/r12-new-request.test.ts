import { expect, it } from '@jest/globals';
import { AWS_PRODUCTION, ask, requirement } from './requirement.ts';

requirement('R12', 'somebody asks without having been refused: New Request', (api) => {
  it('finds by name what there is to ask for', async () => {
    const found = await api().as('member').get('/v1/requestables?q=aws%20prod');
    expect(found.status).toBe(200);
    expect(found.body.items).toEqual([
      expect.objectContaining({ kind: 'resource', resource: expect.objectContaining(AWS_PRODUCTION) }),
    ]);
    const hidden = await api().as('member').get('/v1/requestables?q=payroll');
    expect(hidden.body.items).toEqual([]);
  });

  it('learns before sending who will be asked and for how long it may last', async () => {
    const preview = await api()
      .as('member')
      .post('/v1/access-requests/preview', { resource: AWS_PRODUCTION, duration_seconds: 3_600 });
    expect(preview.body).toMatchObject({
      requestable: true,
      approvals_required: 1,
      reviewer_count: 3,
      auto_approve: false,
      max_duration_seconds: null,
    });
  });

  it('and asks', async () => {
    const request = await ask(api(), 'member');
    expect(request).toMatchObject({ status: 'pending', evaluation_id: null, denial_verified: false });
  });
});
