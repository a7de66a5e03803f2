import { afterEach, describe, expect, it } from '@jest/globals';
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { WebSocket } from 'ws';
import { waitUntil } from '../support/wait-until.ts';
import { grant, TEST_FACTS } from './support/facts.ts';
import { sendRaw } from './support/raw-http.ts';
import { PUBLIC_URL, routesTo, startSidecar, type TestSidecar, type TestSidecarOptions } from './support/sidecar.ts';

const STAGING = '/connections/aws-staging/echo';
const NAME = 'x-hallpass-assertion';

describe('what an upstream is told of who calls', () => {
  let sidecar: TestSidecar | null = null;
  afterEach(async () => {
    await sidecar?.stop();
    sidecar = null;
  });

  const start = async (options: TestSidecarOptions = {}) => {
    sidecar = await startSidecar({
      facts: [...TEST_FACTS, grant('grt_1', 'member', 'connection:aws-staging')],
      ...options,
    });
    return sidecar;
  };
  /** As an upstream would: by the published keys, with its own audience. */
  const verify = async (audience: string) => {
    const { decisionUrl, upstream } = sidecar as TestSidecar;
    const keys = createRemoteJWKSet(new URL(`${decisionUrl}/.well-known/jwks.json`));
    const token = upstream.last.headers[NAME] as string;
    return (await jwtVerify(token, keys, { issuer: PUBLIC_URL, audience, algorithms: ['ES256'] })).payload;
  };
  const assertions = () =>
    (sidecar as TestSidecar).upstream.last.rawHeaders.filter(
      (name, index) => index % 2 === 0 && /hallpass.assertion/i.test(name),
    );

  it('is verified with the published keys, and holds nothing of what the client said', async () => {
    const { idp, upstream, visit } = await start();
    const claims = { email: 'evil@example.com', role: 'owner', groups: ['root'], aud: 'hallpass', name: 'Evil' };
    const token = await idp.sign('sub-member', { claims });
    expect((await visit(null, STAGING, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
    const payload = await verify('connection:aws-staging');
    expect(payload).toEqual({
      iss: PUBLIC_URL,
      sub: 'per_member',
      aud: 'connection:aws-staging',
      email: 'member@example.com',
      role: 'member',
      resource: 'connection:aws-staging',
      iat: expect.any(Number),
      exp: payload.iat! + 60,
    });
    const { headers } = upstream.last;
    expect([headers['x-hallpass-subject'], headers['x-hallpass-role'], headers.authorization]).toEqual([
      'per_member',
      'member',
      undefined,
    ]);
    await expect(verify('connection:aws-production')).rejects.toThrow(/aud/);
  });

  it('comes with upgrades too', async () => {
    const { url, tokenOf } = await start();
    const socket = new WebSocket(`${url.replace('http', 'ws')}/connections/aws-staging/ws`, {
      headers: { authorization: `Bearer ${await tokenOf('member')}`, [NAME]: 'forged' },
    });
    await new Promise((resolve, reject) => {
      socket.once('message', resolve);
      socket.once('error', reject);
    });
    expect(await verify('connection:aws-staging')).toMatchObject({ sub: 'per_member' });
    expect(assertions()).toEqual([NAME]);
    socket.terminate();
  });

  it('is ours alone, however a client spells the name of it', async () => {
    const { tokenOf, proxy, upstream } = await start();
    const authorization = `Authorization: Bearer ${await tokenOf('member')}`;
    for (const spelling of [
      'x-hallpass-assertion',
      'X-HALLPASS-ASSERTION',
      'X_Hallpass_Assertion',
      'x.hallpass.assertion',
      'x-hallpass_assertion',
      'X-Hallpass-Assertion-2',
      'Hallpass-Assertion',
    ]) {
      const lines = [
        `GET ${STAGING} HTTP/1.1`,
        'Host: x',
        authorization,
        `${spelling}: forged`,
        `${spelling}: forged too`,
      ];
      const { status } = await sendRaw(proxy.ports.proxy, [...lines, 'Connection: close', '', ''].join('\r\n'));
      expect([spelling, status]).toEqual([spelling, 200]);
      expect([spelling, assertions()]).toEqual([spelling, [NAME]]);
      expect(upstream.last.rawHeaders.filter((text) => text.includes('forged'))).toEqual([]);
      expect(await verify('connection:aws-staging')).toMatchObject({ sub: 'per_member' });
    }
    // Nor can it be taken away.
    const nominated = [`GET ${STAGING} HTTP/1.1`, 'Host: x', authorization, `Connection: close, ${NAME}`, '', ''];
    expect((await sendRaw(proxy.ports.proxy, nominated.join('\r\n'))).status).toBe(200);
    expect(assertions()).toEqual([NAME]);
  });

  it('ends with the first grant that carries the request', async () => {
    const expiresAt = Date.now() + 20_500;
    const { visit } = await start({
      facts: [...TEST_FACTS, grant('grt_1', 'member', 'connection:aws-staging', { expiresAt })],
    });
    await visit('member', STAGING);
    const { exp } = await verify('connection:aws-staging');
    expect(exp).toBe(Math.floor(expiresAt / 1000));
  });

  it('knows the role of now, and no longer than it lasts', async () => {
    const { visit, feed } = await start();
    await visit('member', STAGING);
    const before = sidecar!.upstream.last.headers[NAME];
    const expiresAt = Date.now() + 30_500;
    feed.change(grant('grt_2', 'member', 'role:admin', { expiresAt }));
    await waitUntil('the role', async () => {
      await visit('member', STAGING);
      return sidecar!.upstream.last.headers['x-hallpass-role'] === 'admin';
    });
    expect(sidecar!.upstream.last.headers[NAME]).not.toBe(before);
    const { role, exp } = await verify('connection:aws-staging');
    expect([role, exp! * 1000 <= expiresAt]).toEqual(['admin', true]);
  });

  it('is one for many requests of a person, and another for each of two', async () => {
    const { visit, upstream } = await start({
      facts: [
        ...TEST_FACTS,
        grant('grt_1', 'member', 'connection:aws-staging'),
        grant('grt_2', 'member2', 'connection:aws-staging'),
      ],
    });
    for (let index = 0; index < 20; index += 1) await visit(index % 2 === 0 ? 'member' : 'member2', STAGING);
    const tokens = upstream.requests.map(({ headers }) => headers[NAME] as string);
    expect(new Set(tokens).size).toBe(2);
    expect(tokens.map((token) => decodeJwt(token).sub).slice(0, 2)).toEqual(['per_member', 'per_member2']);
    expect(await sidecar!.metrics()).toMatch(/hallpass_proxy_assertions 2\n/);
  });

  it('is for whom the route says, or left out', async () => {
    const facts = [
      ...TEST_FACTS,
      ...['aws-staging', 'aws-production'].map((id) => grant(`grt_${id}`, 'member', `connection:${id}`)),
      grant('grt_t', 'member', 'target:billing-db'),
    ];
    let origin = '';
    await start({
      facts,
      routes: (upstreamUrl) => {
        origin = upstreamUrl;
        const [production, staging, ...rest] = routesTo(upstreamUrl);
        return [{ ...production!, assertion: 'upstream' }, { ...staging!, assertion: 'off' }, ...rest];
      },
    });
    const { visit, upstream } = sidecar!;
    await visit('member', '/connections/aws-production/echo');
    expect(await verify(origin)).toMatchObject({ aud: origin, resource: 'connection:aws-production' });
    await visit('member', STAGING, { headers: { [NAME]: 'forged' } });
    expect([upstream.last.headers[NAME], upstream.last.headers['x-hallpass-subject']]).toEqual([
      undefined,
      'per_member',
    ]);
    await visit('member', '/targets/billing-db/x');
    expect(await verify('target:billing-db')).toMatchObject({ sub: 'per_member' });
  });

  it('changes its keys on a timer, and each is published before it signs', async () => {
    const { visit, upstream, decisionUrl } = await start({
      config: { assertion: { lifetime_seconds: 1, rotate_ms: 1_000 } },
    });
    const kids = async () => {
      const answer = await fetch(`${decisionUrl}/.well-known/jwks.json`);
      expect([answer.headers.get('content-type'), answer.headers.get('cache-control')]).toEqual([
        'application/jwk-set+json',
        'max-age=300',
      ]);
      const { keys } = (await answer.json()) as { keys: { kid: string; d?: string }[] };
      expect(keys.every((key) => key.d === undefined)).toBe(true);
      return keys.map(({ kid }) => kid);
    };
    const published = await kids();
    const used = new Set<string>();
    await waitUntil('another key', async () => {
      await visit('member', STAGING);
      used.add(decodeProtectedHeader(upstream.last.headers[NAME] as string).kid as string);
      return used.size > 1;
    });
    expect([...used].every((kid) => published.includes(kid))).toBe(true);
    expect(await kids()).toEqual(expect.arrayContaining([...used]));
    expect((await fetch(`${decisionUrl}/.well-known/jwks.json`, { method: 'POST' })).status).toBe(405);
  });
});
