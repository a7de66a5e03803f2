import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startAdminApi, type TestAdminApi } from '../support/admin-api.ts';
import { PROFILES } from '../support/test-services.ts';

const PRODUCTION = { type: 'connection', id: 'aws-production' };

// R40-R43: one story from the request to the end of the access it gave.
describe.each(PROFILES)('the story of a request, %s', (profile) => {
  let api: TestAdminApi;
  beforeAll(async () => {
    api = await startAdminApi(profile);
  });
  afterAll(() => api.stop());

  it('holds the request, its review, the grant, the request that extended it and the end, by whichever id', async () => {
    const asked = await api.as('member').post('/v1/access-requests', {
      resource: PRODUCTION,
      reason: 'INC-1',
      duration_seconds: 600,
      evaluation_id: 'ev_of_a_browser',
      action: 'read',
    });
    const { body: approved } = await api.as('admin').post(`/v1/access-requests/${asked.body.id}/approve`, {});
    const extension = await api.as('member').post('/v1/access-requests', {
      resource: PRODUCTION,
      reason: 'It takes longer.',
      duration_seconds: 1_200,
      extends_grant_id: approved.grant.id,
    });
    expect(extension.status).toBe(201);
    await api.as('owner').post(`/v1/access-requests/${extension.body.id}/approve`, {});
    await api.as('admin').post(`/v1/grants/${approved.grant.id}/revoke`, { reason: 'Done.' });
    // Of another story, at the same time.
    await api.as('member2').post('/v1/access-requests', { role: 'admin', reason: 'other', duration_seconds: 60 });

    const stories = [];
    for (const id of [asked.body.id, extension.body.id]) {
      const { status, body } = await api.as('admin').get(`/v1/audit-events/thread?request_id=${id}`);
      expect(status).toBe(200);
      stories.push({ ...body, request_ids: body.request_ids.toSorted() });
    }
    expect(stories[1]).toEqual(stories[0]);
    expect(stories[0]).toMatchObject({
      request_ids: [asked.body.id, extension.body.id].toSorted(),
      grant_ids: [approved.grant.id],
      denial: { evaluation_id: 'ev_of_a_browser', action: 'read', time: null, sidecar: null, verified: false },
      truncated: false,
    });
    const types = stories[0].items.map(({ type }: { type: string }) => type);
    expect(types).toEqual([
      'access-request.submitted',
      'access-request.approved',
      'grant.created',
      'access-request.submitted',
      'access-request.approved',
      'grant.extended',
      'grant.revoked',
    ]);
  });

  it('is not there for a request that never was, nor for a name that is none', async () => {
    const as = (query: string) => api.as('owner').get(`/v1/audit-events/thread${query}`);
    expect((await as('?request_id=req_none')).status).toBe(404);
    const wrong = await as('');
    expect([wrong.status, wrong.body.errors[0].field]).toEqual([422, 'request_id']);
  });
});
