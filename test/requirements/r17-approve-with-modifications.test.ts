import { expect, it } from '@jest/globals';
import { AWS_PRODUCTION, approve, ask, requirement } from './requirement.ts';

requirement('R17', 'approving gives another duration or another Scope than asked', (api) => {
  it('a shorter time', async () => {
    const { grant, request } = await approve(api(), (await ask(api(), 'member')).id, { duration_seconds: 600 });
    expect(Date.parse(grant.expires_at) - Date.parse(grant.starts_at)).toBe(600_000);
    expect(request).toMatchObject({
      duration_seconds: 3_600,
      given: { duration_seconds: 600, modifications: ['duration_seconds'] },
    });
  });

  it('a Scope that covers the resource', async () => {
    const asked = await ask(api(), 'member2');
    const { grant, request } = await approve(api(), asked.id, { scope_id: 'production' });
    expect(grant).toMatchObject({ kind: 'scope', scope: { id: 'production' } });
    expect(request).toMatchObject({
      kind: 'resource',
      resource: AWS_PRODUCTION,
      given: { kind: 'scope', modifications: ['entitlement'] },
    });
  });

  it('but no Scope that does not', async () => {
    const asked = await ask(api(), 'viewer');
    const refused = await api().as('admin').post(`/v1/access-requests/${asked.id}/approve`, { scope_id: 'staging' });
    expect([refused.status, refused.body.errors[0].field]).toEqual([422, 'scope_id']);
    const still = await api().as('viewer').get(`/v1/access-requests/${asked.id}`);
    expect(still.body.status).toBe('pending');
  });

  it('and a later beginning', async () => {
    const asked = await ask(api(), 'owner', { resource: { type: 'connection', id: 'aws-staging' } });
    const startsAt = new Date(Date.now() + 3_600_000).toISOString();
    const { grant, request } = await approve(api(), asked.id, { starts_at: startsAt });
    expect(grant).toMatchObject({ state: 'scheduled', starts_at: startsAt });
    expect(request.given.modifications).toEqual(['starts_at']);
  });
});
