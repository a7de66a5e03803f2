import { describe, expect, it } from '@jest/globals';
import { startAdminApi } from '../support/admin-api.ts';
import { httpClient } from '../support/http-client.ts';
import { openDenyingSidecar, REQUESTS, SECRET_KEY, submission } from './arap-denials.ts';

// ARAP draft 1, by its settings: what may be called back, and which versions there are.
describe('where calls back stay on the public internet', () => {
  it('is not led inside by a name', async () => {
    const api = await startAdminApi('embedded', { HALLPASS_SECRET_KEY: SECRET_KEY });
    const sidecar = await openDenyingSidecar(api);
    try {
      const inside = 'https://localhost/cb';
      const added = await api
        .as('admin')
        .post('/v1/access-clients', { name: 'inside', resources: ['*'], callback_urls: [inside] });
      const refused = await httpClient(api.url, added.body.token).post(
        REQUESTS,
        submission(await sidecar.deny('member'), { callback: { endpoint: inside } }),
      );
      expect([refused.status, refused.body.errors[0].field]).toEqual([422, 'callback.endpoint']);
    } finally {
      sidecar.close();
      await api.stop();
    }
  });
});

describe('where a caller may open two tasks a minute', () => {
  it('refuses a third, says when there is room again, and repeats what was asked before', async () => {
    const settings = { HALLPASS_SECRET_KEY: SECRET_KEY, HALLPASS_TASK_RATE_PER_MINUTE: '2' };
    const api = await startAdminApi('embedded', settings);
    const sidecar = await openDenyingSidecar(api);
    const { knex } = api.running.parts;
    const submit = async (name: string, key: string) => {
      const subject = { type: 'user', id: `${name}@example.com` };
      return api.as(name).post(REQUESTS, submission(await sidecar.deny(name), { subject }), { 'idempotency-key': key });
    };
    try {
      const first = submission(await sidecar.deny('member'));
      const send = () => api.as('member').post(REQUESTS, first, { 'idempotency-key': 'first' });
      expect((await send()).status).toBe(202);
      expect((await submit('member', 'second')).status).toBe(202);
      const third = await submit('member', 'third');
      expect([third.status, third.body]).toEqual([
        429,
        expect.objectContaining({ code: 'too-many-requests', limit: 2 }),
      ]);
      expect(Number(third.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(Number(third.headers.get('retry-after'))).toBeLessThanOrEqual(60);
      expect((await send()).status).toBe(202);
      expect((await submit('viewer', 'other')).status).toBe(202);
      await knex('access_tasks').update({ created_at: new Date(Date.now() - 60_000) });
      expect((await submit('member', 'fourth')).status).toBe(202);
    } finally {
      sidecar.close();
      await api.stop();
    }
  });
});

describe('where the profile is off', () => {
  it('says how else to ask, and offers nothing', async () => {
    const api = await startAdminApi('embedded', { HALLPASS_ARAP_VERSIONS: 'off', HALLPASS_SECRET_KEY: SECRET_KEY });
    try {
      for (const path of [REQUESTS, `${REQUESTS}/tsk_0`, '/access/v1/jwks', '/access/v1/request-schema']) {
        const off = await api.as('member').get(path);
        expect([path, off.status]).toEqual([path, 404]);
        expect(off.body.detail).toContain('/v1/access-requests');
      }
      expect((await api.as('member').get('/.well-known/authzen-configuration')).body).not.toHaveProperty('jwks_uri');
    } finally {
      await api.stop();
    }
  });
});
