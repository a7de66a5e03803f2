import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ALLOWED, ASK, ASKERS, ASKING_TOKEN, AskingProxies, DENIED } from './support/asking-proxies.ts';

describe('external authorization over HTTP', () => {
  let proxies: AskingProxies;
  beforeAll(async () => {
    proxies = await AskingProxies.start();
  });
  afterAll(() => proxies?.sidecar.stop());

  describe.each(ASKERS)('as %s asks', (asker) => {
    it('says yes with 200 and who it is', async () => {
      const heard = await proxies.ask(asker, 'member', { path: ALLOWED });
      expect([heard.status, heard.text]).toEqual([200, '']);
      expect(heard.headers).toMatchObject({
        'x-hallpass-subject': 'per_member',
        'x-hallpass-email': 'member@example.com',
        'x-hallpass-role': 'member',
        'x-hallpass-evaluation-id': expect.stringMatching(/^ev_/),
        'cache-control': 'no-store',
      });
      expect(heard.headers.authorization).toBeUndefined();
    });

    it('says no with the whole denial', async () => {
      const heard = await proxies.shown(asker, await proxies.ask(asker, 'member', { path: DENIED }));
      expect([heard.status, heard.headers['content-type']]).toEqual([403, 'application/problem+json']);
      expect(JSON.parse(heard.text)).toMatchObject({ reason: 'no-grant', access_request: expect.any(Object) });
      expect(heard.headers.link).toContain('request-access');
    });

    it('goes by the method and the host that the client used', async () => {
      expect((await proxies.ask(asker, 'viewer', { path: ALLOWED })).status).toBe(200);
      expect((await proxies.ask(asker, 'viewer', { path: ALLOWED, method: 'POST' })).status).toBe(403);
      expect((await proxies.ask(asker, 'member', { path: '/any', host: 'Billing.test:8443' })).status).toBe(403);
      const other = await proxies.shown(
        asker,
        await proxies.ask(asker, 'member', { path: '/any', host: 'billing.test.evil' }),
      );
      expect(other.status).toBe(404);
    });

    it.each([
      '/connections/aws-staging/../aws-production',
      '/a//b',
      '/%2e%2e/x',
      '/a;b',
      '*',
      'http://app/connections/aws-staging',
      '/a#b',
    ])('refuses the path %s', async (path) => {
      const heard = await proxies.ask(asker, 'member', { path });
      expect(heard.status).toBeGreaterThanOrEqual(400);
      if (heard.status === 403) expect((await proxies.shown(asker, heard)).status).toBe(400);
    });

    it.each(['TRACE', 'CONNECT', 'get'])('refuses the method %s', async (method) => {
      // Envoy's question has the method itself, and an HTTP client sends no such one.
      if (asker === 'envoy' && method !== 'TRACE') return;
      expect((await proxies.shown(asker, await proxies.ask(asker, 'member', { path: ALLOWED, method }))).status).toBe(
        400,
      );
    });

    it.each(Object.keys(ASK[asker]({ path: ALLOWED }).headers).filter((name) => name !== 'x-forwarded-proto'))(
      'refuses a question without %s, and one with two of them',
      async (name) => {
        const { headers, ...to } = ASK[asker]({ path: ALLOWED });
        const all = headers;
        const identity = {
          authorization: `Bearer ${await proxies.sidecar.tokenOf('member')}`,
          'hallpass-external-auth-token': ASKING_TOKEN,
        };
        expect((await proxies.send(to, { ...identity, ...all })).status).toBe(200);
        // An HTTP client always sends a Host of its own, and one only.
        if (name === 'host') return;
        const { [name]: value = '', ...others } = all;
        const without = await proxies.shown(asker, await proxies.send(to, { ...identity, ...others }));
        expect([without.status, without.text]).toEqual([400, expect.stringContaining(`send ${name} exactly once`)]);
        const twice = await proxies.shown(
          asker,
          await proxies.send(to, { ...identity, ...others, [name]: [value, value] }),
        );
        expect([twice.status, twice.text]).toEqual([400, expect.stringContaining(`send ${name} exactly once`)]);
      },
    );

    it.each([[], ['wrong'], [ASKING_TOKEN, ASKING_TOKEN], [ASKING_TOKEN, 'wrong'], [`${ASKING_TOKEN} `, ''], ['']])(
      'answers nobody with the tokens %j',
      async (...tokens) => {
        const { headers, ...to } = ASK[asker]({ path: ALLOWED });
        const identity = { authorization: `Bearer ${await proxies.sidecar.tokenOf('member')}` };
        const given: Record<string, string[]> = tokens.length === 0 ? {} : { 'hallpass-external-auth-token': tokens };
        const heard = await proxies.send(to, { ...identity, ...headers, ...given });
        expect(heard.status).toBe(403);
        expect(JSON.parse(heard.text)).toMatchObject({ type: expect.stringContaining('asking-proxy-refused') });
        expect(heard.text + JSON.stringify(heard.headers)).not.toContain(ASKING_TOKEN);
      },
    );

    it.each(['X-Hallpass-Role', 'x_hallpass_role', 'X-Hallpass.Evaluation-Id'])(
      'refuses a client that says %s',
      async (name) => {
        const heard = await proxies.shown(
          asker,
          await proxies.ask(asker, 'member', { path: ALLOWED }, { [name]: 'owner' }),
        );
        expect([heard.status, heard.text]).toEqual([400, expect.stringContaining('only Hallpass may set')]);
      },
    );

    it('is never understood as a yes by what gRPC calls a no', async () => {
      const grpc = { 'content-type': 'application/grpc' };
      const heard = await proxies.ask(asker, 'member', { path: DENIED, method: 'POST' }, grpc);
      expect(heard.status).toBe(403);
      const client = await proxies.shown(asker, heard, grpc);
      expect(client.headers).toMatchObject({ 'grpc-status': '7', 'hallpass-reason': 'no-grant' });
      // Only what nginx hands to the client itself has gRPC's own status.
      expect(client.status).toBe(asker === 'nginx' ? 200 : 403);
    });

    it('refuses a browser of another site that has the cookie', async () => {
      const cookie = `hallpass_token=${await proxies.sidecar.tokenOf('member')}`;
      const own = await proxies.ask(asker, null, { path: ALLOWED, method: 'POST' }, { cookie });
      expect([own.status, own.headers.cookie]).toEqual([200, undefined]);
      const other = await proxies.ask(
        asker,
        null,
        { path: ALLOWED, method: 'POST' },
        { cookie, origin: 'https://evil.test' },
      );
      expect((await proxies.shown(asker, other)).status).toBe(400);
    });

    it('hands on other cookies, and nothing of Hallpass', async () => {
      const cookie = `a=1; hallpass_token=${await proxies.sidecar.tokenOf('member')}; hallpass_x=2; b=3`;
      expect((await proxies.ask(asker, null, { path: ALLOWED }, { cookie })).headers.cookie).toBe('a=1; b=3');
    });

    it('keeps what is hidden', async () => {
      const heard = await proxies.ask(asker, 'member', { path: '/connections/payroll/echo' });
      expect(heard.headers.link).toBeUndefined();
      expect((await proxies.shown(asker, heard)).status).toBe(404);
    });
  });
});
