import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { askingProblem, externalAuthSchema } from '../../proxy/external-auth/external-auth-settings.ts';
import { waitUntil } from '../support/wait-until.ts';
import { ALLOWED, ASKING_TOKEN, AskingProxies, DENIED, SOCKET } from './support/asking-proxies.ts';
import { grant, TEST_FACTS } from './support/facts.ts';
import { sendRaw } from './support/raw-http.ts';
import { startSidecar, type TestSidecar } from './support/sidecar.ts';

describe('what is believed of an asking proxy', () => {
  let proxies: AskingProxies;
  beforeAll(async () => {
    proxies = await AskingProxies.start();
  });
  afterAll(() => proxies?.sidecar.stop());

  it.each(['nginx', 'caddy', 'envoy'] as const)('judges an upgrade by its own action, as %s asks', async (asker) => {
    const question = { path: '/sockets/x', upgrade: 'websocket' };
    expect((await proxies.ask(asker, 'member', question, SOCKET)).status).toBe(200);
    expect((await proxies.ask(asker, 'viewer', question, SOCKET)).status).toBe(403);
    expect((await proxies.ask(asker, 'viewer', { path: '/sockets/x' }, SOCKET)).status).toBe(200);
    const h2c = await proxies.shown(asker, await proxies.ask(asker, 'member', { path: '/sockets/x', upgrade: 'h2c' }));
    expect([h2c.status, h2c.text]).toEqual([400, expect.stringContaining('the only upgrade passed on is websocket')]);
  });

  it('wants both actions allowed where Traefik does not say whether it upgrades', async () => {
    expect((await proxies.ask('traefik', 'viewer', { path: '/sockets/x' })).status).toBe(200);
    expect((await proxies.ask('traefik', 'viewer', { path: '/sockets/x' }, SOCKET)).status).toBe(403);
    expect((await proxies.ask('traefik', 'member', { path: '/sockets/x' }, SOCKET)).status).toBe(200);
  });

  it.each([
    'x-forwarded-prefix',
    'x-replaced-path',
    'x-forwarded-port',
    'x-original-uri',
    'x-original-url',
    'forwarded',
  ])('takes no %s into account (CVE-2026-35051, CVE-2026-54764 and kin)', async (name) => {
    for (const asker of ['traefik', 'caddy'] as const) {
      const heard = await proxies.ask(asker, 'member', { path: DENIED }, { [name]: '/connections/aws-staging' });
      expect([heard.status, JSON.parse(heard.text).resource.id]).toEqual([403, 'aws-production']);
      expect(
        (await proxies.ask(asker, 'member', { path: ALLOWED }, { [name]: '/connections/aws-production' })).status,
      ).toBe(200);
    }
  });

  it('believes the asking proxy about the address, and the last word of a list only', async () => {
    for (const [address, status] of [
      ['203.0.113.7', 200],
      ['6.6.6.6, 203.0.113.7', 200],
      ['2001:db8::1', 200],
      ['203.0.113.7, unknown', 400],
    ] as const) {
      expect((await proxies.ask('caddy', 'member', { path: ALLOWED }, { 'x-forwarded-for': address })).status).toBe(
        status,
      );
    }
  });

  it('shows a denial to nginx once it has made it, and to nobody who changed it', async () => {
    const heard = await proxies.ask('nginx', 'member', { path: DENIED });
    const note = heard.headers['hallpass-denial']!;
    expect(note).not.toContain('aws-production');
    expect(JSON.parse((await proxies.shown('nginx', heard)).text).evaluation_id).toBe(
      heard.headers['x-hallpass-evaluation-id'],
    );
    const page = await proxies.shown('nginx', heard, { accept: 'text/html' });
    expect(page.text).toContain('Request Access');
    const altered = note.slice(0, -2) + (note.endsWith('AA') ? 'BB' : 'AA');
    for (const text of [altered, 'x', '']) {
      const lost = await proxies.shown('nginx', { ...heard, headers: { 'hallpass-denial': text } });
      expect([lost.status, JSON.parse(lost.text).reason]).toEqual([403, undefined]);
    }
    const stranger = await proxies.send({ method: 'GET', path: '/nginx/denial' }, { 'hallpass-denial': note });
    expect(stranger.status).toBe(403);
    expect(stranger.text).not.toContain('aws-production');
  });

  it('knows no other address, whoever asks', async () => {
    for (const path of [
      '/',
      '/envoy',
      '/nginx/',
      '/nginx/x',
      '/caddy/connections/aws-staging',
      '/authz',
      '/toString',
    ]) {
      const heard = await proxies.send({ method: 'GET', path }, { 'hallpass-external-auth-token': ASKING_TOKEN });
      expect([path, heard.status]).toEqual([path, 404]);
    }
    const none = await proxies.send({ method: 'GET', path: '/nginx' }, {});
    expect(none.status).toBe(403);
  });

  it('writes one decision for a question, as via external-auth, and counts it', async () => {
    const before = await proxies.sidecar.metrics();
    const count = (text: string, of: string) => Number(new RegExp(`^${of} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
    const decisions = 'hallpass_proxy_decisions_total\\{allow="false",reason="no-grant",via="external-auth"\\}';
    const checks = 'hallpass_proxy_external_auth_checks_total\\{dialect="nginx",outcome="denied"\\}';
    await proxies.shown('nginx', await proxies.ask('nginx', 'member', { path: DENIED }));
    await waitUntil('it to be counted', async () => {
      const after = await proxies.sidecar.metrics();
      return [decisions, checks].every((of) => count(after, of) === count(before, of) + 1);
    });
    expect(await proxies.sidecar.metrics()).toMatch(/hallpass_proxy_limit\{name="external_auth_timeout_ms"\} 3000/);
  });

  it('closes on bytes that are no request', async () => {
    const { status } = await sendRaw(
      proxies.sidecar.proxy.ports.externalAuth!,
      'GET /nginx HTTP/1.1\r\nhost: a\r\nx : y\r\n\r\n',
    );
    expect([0, 400]).toContain(status);
  });
});

describe('external authorization that can not tell', () => {
  let sidecar: TestSidecar | null = null;
  afterEach(async () => {
    await sidecar?.stop();
    sidecar = null;
  });
  const caddy = (port: number, authorization: string, path = '/caddy') =>
    fetch(`http://127.0.0.1:${port}${path}`, {
      headers: {
        authorization,
        'x-forwarded-method': 'GET',
        'x-forwarded-uri': ALLOWED,
        'x-forwarded-host': 'app',
        'x-forwarded-for': '203.0.113.7',
        'x-original-address': '203.0.113.7',
        'x-original-upgrade': 'upgrade:',
      },
    });
  const settings = { http: { port: 0, dialects: ['caddy' as const, 'envoy' as const] } };

  it('answers 503 while there are no facts, and 403 to Envoy, which takes 503 for a reason to let pass', async () => {
    sidecar = await startSidecar({
      config: { external_auth: settings },
      unready: true,
      prepare: (feed) => void (feed.isTalking = false),
    });
    const token = `Bearer ${await sidecar.tokenOf('member')}`;
    const port = sidecar.proxy.ports.externalAuth!;
    const heard = await caddy(port, token);
    expect([heard.status, heard.headers.get('retry-after')]).toEqual([503, '2']);
    const envoy = await caddy(port, token, `/envoy${ALLOWED}`);
    expect([envoy.status, envoy.headers.get('retry-after')]).toEqual([403, '2']);
    expect(await envoy.json()).toMatchObject({ reason: 'facts-missing' });
  });

  it('waits for the keys of a token no longer than it may', async () => {
    sidecar = await startSidecar({
      facts: [...TEST_FACTS, grant('grt_staging', 'member', 'scope:staging')],
      config: {
        external_auth: settings,
        limits: { external_auth_timeout_ms: 50, jwks_timeout_ms: 60_000, shutdown_grace_ms: 50 },
      },
      prepare: (_feed, idp) => void (idp.isSilent = true),
    });
    const token = `Bearer ${await sidecar.tokenOf('member')}`;
    const heard = await caddy(sidecar.proxy.ports.externalAuth!, token);
    expect([heard.status, await heard.json()]).toEqual([
      503,
      expect.objectContaining({ reason: 'identity-unavailable' }),
    ]);
  });

  it('is not there unless it is asked for', async () => {
    sidecar = await startSidecar();
    expect([sidecar.proxy.ports.externalAuth, sidecar.proxy.ports.externalAuthGrpc]).toEqual([null, null]);
    for (const url of [sidecar.decisionUrl, sidecar.opsUrl]) {
      expect((await fetch(`${url}/caddy`)).status).toBe(404);
    }
  });

  it('does not start where anybody could ask', () => {
    const problem = (more: object, token: string | null) =>
      askingProblem(externalAuthSchema.parse({ ...settings, ...more }), token);
    expect(problem({}, null)).toBeNull();
    expect(problem({ host: '::1' }, null)).toBeNull();
    for (const host of ['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.evil.test', 'sidecar.example.com']) {
      expect(problem({ host }, null)).toMatch(/^external_auth\.host: is not this machine alone/);
      expect(problem({ host }, ASKING_TOKEN)).toBeNull();
      expect(problem({ host, tls: { certificate: 'a', key: 'b' } }, null)).not.toBeNull();
      expect(problem({ host, tls: { certificate: 'a', key: 'b', client_ca: 'c' } }, null)).toBeNull();
    }
    expect(problem({}, 'short')).toMatch(/^HALLPASS_EXTERNAL_AUTH_TOKEN: must be 16 to 512/);
    expect(() => externalAuthSchema.parse({})).toThrow('must have http or grpc');
  });
});
