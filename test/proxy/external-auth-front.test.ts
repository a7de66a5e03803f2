import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { tryUpgrade } from '../support/live-connection.ts';
import { startCaddy, startNginx, type FrontProxy } from '../support/front-proxy.ts';
import { waitUntil } from '../support/wait-until.ts';
import { grant, TEST_FACTS, ended } from './support/facts.ts';
import { sendRaw } from './support/raw-http.ts';
import { startSidecar, type TestSidecar } from './support/sidecar.ts';

const TOKEN = 'token-of-the-asking-proxies';
const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

const FRONTS = [
  ['nginx', startNginx],
  ['Caddy', startCaddy],
] as const;

// The real programs, with the configuration that docs/external-auth.md tells people to use.
describe.each(FRONTS)('%s in front, with Hallpass asked', (name, start) => {
  let sidecar: TestSidecar;
  let front: FrontProxy;
  beforeAll(async () => {
    sidecar = await startSidecar({
      facts: [
        ...TEST_FACTS,
        grant('grt_staging', 'member', 'scope:staging'),
        grant('grt_v', 'viewer', 'scope:staging'),
      ],
      config: { external_auth: { http: { port: 0, dialects: ['nginx', 'caddy'] } } },
      externalAuthToken: TOKEN,
    });
    front = await start({
      hallpass: `127.0.0.1:${sidecar.proxy.ports.externalAuth}`,
      app: sidecar.upstream.url.slice('http://'.length),
      token: TOKEN,
    });
  });
  afterAll(async () => {
    await front?.stop();
    await sidecar?.stop();
  });

  const visit = async (person: string | null, path: string, init: RequestInit = {}) =>
    fetch(front.url + path, {
      redirect: 'manual',
      ...init,
      headers: {
        ...(person === null ? {} : { authorization: `Bearer ${await sidecar.tokenOf(person)}` }),
        ...(init.headers as Record<string, string> | undefined),
      },
    });

  it('lets a person with access through, and tells the upstream who it is', async () => {
    const answer = await visit('member', '/connections/aws-staging/echo?a=%2e%2e/&b', {
      method: 'POST',
      body: 'hello',
    });
    expect(answer.status).toBe(200);
    const { method, url, headers, body } = sidecar.upstream.last;
    expect([method, url, body]).toEqual(['POST', '/connections/aws-staging/echo?a=%2e%2e/&b', 'hello']);
    expect(headers).toMatchObject({
      'x-hallpass-subject': 'per_member',
      'x-hallpass-email': 'member@example.com',
      'x-hallpass-role': 'member',
      'x-hallpass-evaluation-id': expect.stringMatching(/^ev_/),
      'x-hallpass-assertion': expect.stringMatching(/^eyJ/),
    });
    expect(headers.authorization).toBeUndefined();
    expect(JSON.stringify(headers)).not.toContain(TOKEN);
  });

  it('keeps the cookie with the identity from the upstream, and no other', async () => {
    const token = await sidecar.tokenOf('member');
    const cookie = `theme=dark; hallpass_token=${token}`;
    expect((await visit(null, '/connections/aws-staging/echo', { headers: { cookie } })).status).toBe(200);
    const left = name === 'nginx' ? [] : ['hallpass=removed'];
    expect(sidecar.upstream.last.headers.cookie).toBe(['theme=dark', ...left].join('; '));
    const only = { cookie: `hallpass_token=${token}` };
    expect((await visit(null, '/connections/aws-staging/echo', { headers: only })).status).toBe(200);
    expect(sidecar.upstream.last.headers.cookie ?? '').toBe(left.join(''));
  });

  it('refuses a person without access with the page, the link and no byte of the upstream', async () => {
    const before = sidecar.upstream.requests.length;
    const answer = await visit('member', '/connections/aws-production/echo?q=1', { headers: { accept: BROWSER } });
    const page = await answer.text();
    expect(answer.status).toBe(403);
    expect(answer.headers.get('content-type')).toMatch(/^text\/html/);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    const form = /<a class="button" href="([^"]+)"[^>]*>Request Access</.exec(page)?.[1];
    expect(form).toContain('/access-requests/new?resource=connection:aws-production');
    expect(answer.headers.get('link')).toContain('rel="https://hallpass.dev/rel/request-access"');
    expect(page).toContain('The aws-production');
    expect(sidecar.upstream.requests.length).toBe(before);
  });

  it('refuses a program with a problem that can be acted on', async () => {
    const answer = await visit('member', '/connections/aws-production/echo', { method: 'DELETE' });
    expect(answer.status).toBe(403);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(await answer.json()).toMatchObject({
      reason: 'no-grant',
      action: 'write',
      resource: { type: 'connection', id: 'aws-production' },
      access_request: { binding_token: expect.any(String) },
    });
  });

  it('tells everybody else what the proxy itself would, with its status', async () => {
    const nobody = await visit(null, '/connections/aws-staging/echo');
    expect([nobody.status, nobody.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="hallpass"']);
    expect(await nobody.json()).toMatchObject({ reason: 'identity-missing' });
    const signIn = await visit(null, '/connections/aws-staging/echo', { headers: { accept: BROWSER } });
    expect([signIn.status, await signIn.text()]).toEqual([401, expect.stringContaining('/go-back#return_to=')]);
    const hidden = await visit('member', '/connections/payroll/echo');
    expect([hidden.status, await hidden.json()]).toEqual([404, expect.objectContaining({ reason: 'route-unknown' })]);
    const ahead = await visit('member', '/connections/aws-production/echo', {
      headers: { 'hallpass-after-revision': '1000' },
    });
    expect([ahead.status, ahead.headers.get('retry-after')]).toEqual([503, '1']);
    const head = await visit('member', '/connections/aws-production/echo', { method: 'HEAD' });
    expect([head.status, head.headers.get('link') === null]).toEqual([403, false]);
  });

  it('tells by the method what is asked for', async () => {
    expect((await visit('viewer', '/connections/aws-staging/echo')).status).toBe(200);
    const write = await visit('viewer', '/connections/aws-staging/echo', { method: 'PUT', body: 'x' });
    expect([write.status, await write.json()]).toEqual([
      403,
      expect.objectContaining({ reason: 'action-not-permitted' }),
    ]);
  });

  it('asks about upgrades as upgrades', async () => {
    const authorization = `Bearer ${await sidecar.tokenOf('member')}`;
    expect(await tryUpgrade(`${front.url}/connections/aws-staging/ws`, { authorization })).toBe(101);
    expect(await tryUpgrade(`${front.url}/connections/aws-production/ws`, { authorization })).toBe(403);
  });

  it('refuses any upgrade but to a WebSocket, which it might pass on', async () => {
    const token = await sidecar.tokenOf('member');
    const lines = [
      `host: 127.0.0.1:${front.port}`,
      `authorization: Bearer ${token}`,
      'connection: Upgrade, HTTP2-Settings',
      'upgrade: h2c',
    ];
    const answer = await sendRaw(
      front.port,
      `GET /connections/aws-staging/echo HTTP/1.1\r\n${lines.join('\r\n')}\r\nhttp2-settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n`,
    );
    expect([answer.status, answer.body]).toEqual([400, expect.stringContaining('the only upgrade passed on')]);
  });

  it.each([
    '/connections/aws-staging/../aws-production/echo',
    '/connections/aws-staging/%2e%2e/aws-production/echo',
    '/connections/aws-staging/..%2faws-production/echo',
    '/connections/aws-staging//echo',
    '/connections/aws-staging/;/echo',
    '/connections/aws-staging/%252e%252e/echo',
    '/connections/aws-staging/\\..\\aws-production',
  ])('refuses %s, whatever it makes of it itself', async (path) => {
    const before = sidecar.upstream.requests.length;
    const token = await sidecar.tokenOf('member');
    const bytes = `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1:${front.port}\r\nauthorization: Bearer ${token}\r\nconnection: close\r\n\r\n`;
    const answer = await sendRaw(front.port, bytes);
    expect([400, 404]).toContain(answer.status);
    expect(sidecar.upstream.requests.length).toBe(before);
  });

  it('believes no header of a client about what is asked for', async () => {
    const answer = await visit('member', '/connections/aws-production/echo', {
      method: 'POST',
      body: 'x',
      headers: {
        'x-original-uri': '/connections/aws-staging/echo',
        'x-original-url': '/connections/aws-staging/echo',
        'x-original-method': 'GET',
        'x-forwarded-uri': '/connections/aws-staging/echo',
        'x-forwarded-method': 'GET',
        'x-forwarded-prefix': '/connections/aws-staging',
        'x-rewrite-url': '/connections/aws-staging/echo',
        'x-http-method-override': 'GET',
        'hallpass-denial': 'mine',
        'hallpass-external-auth-token': 'guessed',
      },
    });
    expect([answer.status, await answer.json()]).toEqual([
      403,
      expect.objectContaining({ action: 'write', resource: { type: 'connection', id: 'aws-production' } }),
    ]);
  });

  it.each(['X-Hallpass-Role', 'x_hallpass_role', 'X-Hallpass.Subject'])('lets no client say %s', async (header) => {
    const token = await sidecar.tokenOf('member');
    const bytes = `GET /connections/aws-staging/echo HTTP/1.1\r\nhost: 127.0.0.1:${front.port}\r\n${header}: owner\r\nauthorization: Bearer ${token}\r\nconnection: close\r\n\r\n`;
    const answer = await sendRaw(front.port, bytes);
    // nginx drops names with an underscore or a dot before anybody sees them.
    if (answer.status === 200) expect(sidecar.upstream.last.rawHeaders.join(' ')).not.toContain('owner');
    else expect(answer.body).toContain('only Hallpass may set');
    expect(answer.status).toBe(name === 'nginx' && header !== 'X-Hallpass-Role' ? 200 : 400);
  });

  it('cannot be asked by its clients itself', async () => {
    for (const path of ['/hallpass/check', '/hallpass/denied', '/nginx', '/nginx/denial', '/caddy']) {
      expect([path, (await visit('admin', path)).status]).toEqual([path, 404]);
    }
  });

  it('lets through what is granted from that moment on, and refuses it once it is revoked', async () => {
    const status = async () => (await visit('member2', '/connections/aws-production/echo')).status;
    expect(await status()).toBe(403);
    sidecar.feed.change(grant('grt_now', 'member2', 'connection:aws-production'));
    await waitUntil('access to begin', async () => (await status()) === 200);
    sidecar.feed.change(ended('grt_now'));
    await waitUntil('access to end', async () => (await status()) === 403);
  });
});

describe.each(FRONTS)('%s that can not ask', (_name, start) => {
  it.each(['a wrong token', 'nobody to ask'])('lets nobody pass with %s', async (fault) => {
    const sidecar = await startSidecar({
      facts: [...TEST_FACTS, grant('grt_staging', 'member', 'scope:staging')],
      config: { external_auth: { http: { port: 0, dialects: ['nginx', 'caddy'] } } },
      externalAuthToken: TOKEN,
    });
    const front = await start({
      hallpass: fault === 'nobody to ask' ? '127.0.0.1:1' : `127.0.0.1:${sidecar.proxy.ports.externalAuth}`,
      app: sidecar.upstream.url.slice('http://'.length),
      token: fault === 'a wrong token' ? `${TOKEN}x` : TOKEN,
    });
    try {
      const authorization = `Bearer ${await sidecar.tokenOf('member')}`;
      const answer = await fetch(`${front.url}/connections/aws-staging/echo`, { headers: { authorization } });
      expect(answer.status).toBeGreaterThanOrEqual(403);
      expect(sidecar.upstream.requests).toEqual([]);
    } finally {
      await front.stop();
      await sidecar.stop();
    }
  });
});
