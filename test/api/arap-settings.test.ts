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
