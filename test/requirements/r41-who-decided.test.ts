import { expect, it } from '@jest/globals';
import { approve, ask, audited, requirement } from './requirement.ts';

requirement('R41', 'the audit has who approved or denied', (api) => {
  it('approved', async () => {
    const request = await ask(api(), 'member');
    await approve(api(), request.id, { note: 'Go ahead.' });
    expect(await audited(api(), request.id, 'access-request.approved')).toMatchObject({
      actor: { email: 'admin@example.com' },
      subject: { email: 'member@example.com' },
      details: { note: 'Go ahead.' },
    });
  });

  it('denied', async () => {
    const request = await ask(api(), 'member2');
    await api().as('owner').post(`/v1/access-requests/${request.id}/deny`, { reason: 'Use staging.' });
    expect(await audited(api(), request.id, 'access-request.denied')).toMatchObject({
      actor: { email: 'owner@example.com' },
      details: { reason: 'Use staging.' },
    });
  });

  it('and each voice, where several are needed', async () => {
    await api()
      .as('owner')
      .send('PUT', '/v1/resources/connection/aws-staging', {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name: 'AWS staging', environment: 'staging', attributes: { approvals_required: 2 } }),
      });
    const request = await ask(api(), 'viewer', { resource: { type: 'connection', id: 'aws-staging' } });
    await approve(api(), request.id);
    expect((await api().as('owner').post(`/v1/access-requests/${request.id}/approve`, {})).status).toBe(200);
    expect(await audited(api(), request.id, 'review.recorded')).toMatchObject({
      actor: { email: 'admin@example.com' },
    });
    expect(await audited(api(), request.id, 'access-request.approved')).toMatchObject({
      actor: { email: 'owner@example.com' },
    });
  });
});
