import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startAdminApi, type TestAdminApi } from '../support/admin-api.ts';
import { PROFILES } from '../support/test-services.ts';

const ROUNDS = 8;

describe.each(PROFILES)('a thing that is deleted, %s', (profile) => {
  let api: TestAdminApi;
  beforeAll(async () => {
    api = await startAdminApi(profile);
  });
  afterAll(() => api.stop());

  const put = (path: string, body: object) =>
    api.as('owner').send('PUT', path, {
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });

  // One made later under the same name must not find a grant waiting for it.
  it.each([
    [
      'a Scope',
      '/v1/scopes/short-lived',
      { name: 'Short-lived', rules: [{ level: 'environment', id: 'staging' }] },
      { scope_id: 'short-lived' },
    ],
    [
      'a resource',
      '/v1/resources/feature/short-lived',
      { name: 'Short-lived' },
      { resource: { type: 'feature', id: 'short-lived' } },
    ],
  ])('leaves no grant behind when an approval races with its end: %s', async (_, path, body, asked) => {
    for (let round = 0; round < ROUNDS; round += 1) {
      expect((await put(path, body)).status).toBeLessThan(300);
      const request = await api
        .as('viewer')
        .post('/v1/access-requests', { ...asked, reason: 'r', duration_seconds: 600 });
      expect(request.status).toBe(201);
      const [approved, deleted] = await Promise.all([
        api.as('admin').post(`/v1/access-requests/${request.body.id}/approve`, {}),
        api.as('owner').send('DELETE', path),
      ]);
      expect(deleted.status).toBe(204);
      expect([200, 404]).toContain(approved.status);
      const left = await api.running.parts
        .knex('grants')
        .where({ subject_id: api.idOf('viewer') })
        .whereNull('ended_at');
      expect(left).toEqual([]);
      await api.as('viewer').post(`/v1/access-requests/${request.body.id}/cancel`, {});
    }
  });
});
