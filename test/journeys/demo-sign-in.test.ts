import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { request } from 'node:http';
import { startAdminApi, type TestAdminApi } from '../support/admin-api.ts';
import { httpClient } from '../support/http-client.ts';
import { startStack, type Stack } from '../support/quickstart-stack.ts';

const MEMBER = { email: 'member@example.com' };

describe('being a demo person', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack('embedded');
  }, 120_000);
  afterAll(() => stack?.stop());

  it('by a token opens the API and the proxy', async () => {
    const answer = await httpClient(stack.urls.admin, null).post('/quickstart/tokens', MEMBER);
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(new Date(answer.body.expires_at).getTime()).toBeGreaterThan(Date.now());
    const me = await httpClient(stack.urls.admin, answer.body.token as string).get('/v1/me');
    expect([me.status, me.body.email, me.body.role]).toEqual([200, 'member@example.com', 'member']);
  });

  it('by a cookie opens both as well, and sign-out closes both', async () => {
    const headers = { 'sec-fetch-site': 'same-origin' };
    const signedIn = await httpClient(stack.urls.admin, null).post('/quickstart/sign-in', MEMBER, headers);
    expect(signedIn.status).toBe(204);
    const set = signedIn.headers.getSetCookie();
    expect(set.map((cookie) => cookie.split('=')[0]).toSorted()).toEqual(['hallpass_session', 'hallpass_token']);
    for (const cookie of set) expect(cookie).toMatch(/; HttpOnly; SameSite=Lax/);
    const cookie = set.map((line) => line.split(';')[0]).join('; ');

    const nobody = httpClient(stack.urls.admin, null);
    expect((await nobody.get('/v1/me', { cookie })).body.email).toBe('member@example.com');
    const staging = await httpClient(stack.urls.proxy, null).get('/connections/aws-staging/echo', { cookie });
    expect(staging.status).toBe(200);
    // No cookie of ours reaches what is behind the proxy.
    expect(staging.body.headers.cookie).toBeUndefined();

    const out = await nobody.post('/auth/sign-out', {}, { ...headers, cookie });
    expect(out.status).toBe(204);
    expect(
      out.headers
        .getSetCookie()
        .map((line) => line.split(';')[0])
        .toSorted(),
    ).toEqual(['hallpass_session=', 'hallpass_token=']);
    expect((await nobody.get('/v1/me', { cookie })).status).toBe(401);
  });

  it('takes a known address, as JSON, from the own pages only', async () => {
    const nobody = httpClient(stack.urls.admin, null);
    const unknown = await nobody.post('/quickstart/tokens', { email: 'stranger@example.com' });
    expect(unknown.status).toBe(404);
    expect(unknown.text).toContain('stranger@example.com');
    for (const body of [{}, { email: 'member' }, { ...MEMBER, role: 'owner' }]) {
      const wrong = await nobody.post('/quickstart/tokens', body);
      expect([wrong.status, wrong.headers.get('content-type')]).toEqual([
        422,
        expect.stringMatching(/^application\/problem\+json/),
      ]);
    }
    const foreign = await nobody.post('/quickstart/sign-in', MEMBER, { 'sec-fetch-site': 'cross-site' });
    expect([foreign.status, foreign.body.code]).toEqual([403, 'cross-site']);
  });

  it('answers to no name but those of this machine, which a web page could point here', async () => {
    const answer = await send('/quickstart/tokens', { host: 'rebound.example.com' }, JSON.stringify(MEMBER));
    expect(answer.status).toBe(403);
  });

  it('happens at one name, because cookies of another would not reach the proxy', async () => {
    const port = new URL(stack.urls.admin).port;
    const answer = await send('/review?tab=decided', { host: `localhost:${port}`, accept: 'text/html' });
    expect([answer.status, answer.location]).toEqual([307, `${stack.urls.admin}/review?tab=decided`]);
    const elsewhere = await send('//evil.example.com/', { host: `localhost:${port}`, accept: 'text/html' });
    expect(new URL(elsewhere.location ?? stack.urls.admin).origin).toBe(stack.urls.admin);
  });

  /** With a Host of our choice, which fetch does not allow. */
  function send(
    path: string,
    headers: Record<string, string>,
    body?: string,
  ): Promise<{ status: number | undefined; location: string | undefined }> {
    return new Promise((resolve, reject) => {
      const { hostname, port } = new URL(stack.urls.admin);
      const method = body === undefined ? 'GET' : 'POST';
      const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
      const sent = request({ hostname, port, path, method, headers: { ...type, ...headers } });
      sent.once('response', (response) => {
        response.resume();
        resolve({ status: response.statusCode, location: response.headers.location });
      });
      sent.once('error', reject);
      sent.end(body);
    });
  }
});

describe('without the quickstart', () => {
  let admin: TestAdminApi;
  beforeAll(async () => {
    admin = await startAdminApi();
  }, 60_000);
  afterAll(() => admin?.stop());

  it('nobody gets a token or a session for an address', async () => {
    const nobody = httpClient(admin.url, null);
    for (const path of ['/quickstart/tokens', '/quickstart/sign-in']) {
      const answer = await nobody.post(path, MEMBER, { 'sec-fetch-site': 'same-origin' });
      expect([path, answer.status]).toEqual([path, 404]);
      expect(answer.headers.getSetCookie()).toEqual([]);
    }
    expect((await nobody.get('/quickstart/jwks.json')).status).toBe(404);
    expect((await nobody.get('/auth/options')).body.mode).toBe('oidc');
  });
});
