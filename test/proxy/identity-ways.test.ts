import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { proxyConfigSchema, type ProxyConfigInput } from '../../proxy/config.ts';
import { grant, person, TEST_FACTS } from './support/facts.ts';
import { AUDIENCE, IdentityProvider } from './support/identity-provider.ts';
import { sendRaw } from './support/raw-http.ts';
import { PUBLIC_URL, startSidecar, type TestSidecar } from './support/sidecar.ts';

const PATH = '/connections/aws-production/echo';
const HEADER = 'x-pomerium-jwt-assertion';
const ALLOWED = { status: 200, reason: 'allowed' };
const INVALID = { status: 401, reason: 'identity-invalid' };

/** Three issuers: of people (with the cookie), of partners (prefixed), and the authenticating proxy in front. */
describe('several ways to say who calls', () => {
  const people = new IdentityProvider();
  const partners = new IdentityProvider();
  const front = new IdentityProvider();
  let sidecar: TestSidecar;
  let port: number;
  beforeAll(async () => {
    await Promise.all([people.start(), partners.start(), front.start()]);
    const issuerOf = (idp: IdentityProvider) => ({ jwks_url: idp.jwksUrl, issuer: idp.issuer, audience: AUDIENCE });
    sidecar = await startSidecar({
      facts: [
        ...TEST_FACTS,
        person('partner', 'member', { sub: 'partner|sub-member' }),
        grant('grt_1', 'member', 'connection:aws-production'),
        grant('grt_2', 'partner', 'connection:aws-production'),
      ],
      config: {
        identity: {
          jwt: [
            { ...issuerOf(people), subject_prefix: '', cookie: 'hallpass_token' },
            { ...issuerOf(partners), subject_prefix: 'partner|', audience: ['hallpass-partners', AUDIENCE] },
          ],
          proxy_header: { ...issuerOf(front), header: 'X-Pomerium-JWT-Assertion', subject_prefix: '' },
        },
      },
    });
    port = sidecar.proxy.ports.proxy;
  });
  afterAll(async () => {
    await sidecar.stop();
    await Promise.all([people.stop(), partners.stop(), front.stop()]);
  });

  const visit = async (headers: Record<string, string>, init: RequestInit = {}) => {
    const answer = await fetch(sidecar.url + PATH, { ...init, headers });
    const { reason } = (await answer.json()) as { reason?: string };
    return { status: answer.status, reason: reason ?? 'allowed' };
  };
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  const cookie = (token: string) => ({ cookie: `hallpass_token=${token}` });

  it('takes each of them by itself', async () => {
    expect(await visit(bearer(await people.sign('sub-member')))).toEqual(ALLOWED);
    expect(await visit(cookie(await people.sign('sub-member')))).toEqual(ALLOWED);
    expect(await visit({ [HEADER]: await front.sign('sub-member') })).toEqual(ALLOWED);
    expect(await visit(bearer(await partners.sign('sub-member')))).toEqual(ALLOWED);
    expect(sidecar.upstream.last.headers['x-hallpass-subject']).toBe('per_partner');
    expect(await visit({})).toEqual({ status: 401, reason: 'identity-missing' });
  });

  it('keeps the subjects of issuers apart', async () => {
    const asPartner = await partners.sign('sub-member', { claims: { aud: 'hallpass-partners' } });
    await visit(bearer(asPartner));
    expect(sidecar.upstream.last.headers['x-hallpass-subject']).toBe('per_partner');
    expect(await visit(bearer(await partners.sign('sub-admin')))).toEqual({ status: 403, reason: 'subject-unknown' });
    const asPeople = await people.sign('partner|sub-member', { claims: { aud: 'hallpass-partners' } });
    expect(await visit(bearer(asPeople))).toEqual(INVALID);
  });

  it('checks a token by the keys of the issuer it states, and of no other', async () => {
    expect(await visit(bearer(await partners.sign('sub-member', { claims: { iss: people.issuer } })))).toEqual(INVALID);
    expect(await visit(bearer(await people.sign('sub-member', { claims: { iss: 'https://other' } })))).toEqual(INVALID);
    expect(await visit(bearer(await people.sign('sub-member', { claims: { iss: undefined } })))).toEqual(INVALID);
    expect(await visit(bearer(await people.sign('sub-member', { claims: { iss: '__proto__' } })))).toEqual(INVALID);
  });

  it('takes none where another belongs', async () => {
    const assertion = await front.sign('sub-member');
    const token = await people.sign('sub-member');
    const partner = await partners.sign('sub-member');
    // Known as good where they belong, they are as little worth elsewhere.
    await visit({ [HEADER]: assertion });
    await visit(bearer(token));
    await visit(bearer(partner));
    expect(await visit(bearer(assertion))).toEqual(INVALID);
    expect(await visit(cookie(assertion))).toEqual(INVALID);
    expect(await visit(cookie(partner))).toEqual(INVALID);
    expect(await visit({ [HEADER]: token })).toEqual(INVALID);
  });

  it('takes two that agree', async () => {
    const all = {
      ...bearer(await people.sign('sub-member')),
      ...cookie(await people.sign('sub-member', { claims: { nonce: 2 } })),
      [HEADER]: await front.sign('sub-member'),
    };
    expect(await visit(all)).toEqual(ALLOWED);
    expect(await visit(all)).toEqual(ALLOWED);
  });

  it('takes none of two that disagree, in any order', async () => {
    const mine = await people.sign('sub-member');
    const other = await people.sign('sub-admin');
    const both = [
      { ...bearer(mine), ...cookie(other) },
      { ...bearer(other), ...cookie(mine) },
      { ...bearer(mine), [HEADER]: await front.sign('sub-admin') },
      { ...cookie(mine), [HEADER]: await front.sign('sub-admin') },
      { ...bearer(await partners.sign('sub-member')), [HEADER]: await front.sign('sub-member') },
    ];
    const before = sidecar.upstream.requests.length;
    for (const headers of both) {
      expect(await visit(headers)).toEqual(INVALID);
      // Remembered by now, each by itself.
      expect(await visit(headers)).toEqual(INVALID);
    }
    expect(sidecar.upstream.requests.length).toBe(before);
  });

  it('excuses no bad one by a good one of another kind', async () => {
    const good = await people.sign('sub-member');
    const expired = await people.sign('sub-member', { claims: { exp: 1_000_000_000 } });
    const assertion = await front.sign('sub-member');
    for (const headers of [
      { ...bearer(expired), ...cookie(good) },
      { ...bearer(good), ...cookie(expired) },
      { ...bearer(good), ...cookie('garbage') },
      { ...bearer(good), [HEADER]: expired },
      { ...bearer('garbage'), [HEADER]: assertion },
      { ...bearer(good), [HEADER]: 'garbage' },
      { ...bearer(good), [HEADER]: '' },
    ]) {
      expect([Object.keys(headers), await visit(headers)]).toEqual([Object.keys(headers), INVALID]);
    }
  });

  it('excuses none whose keys can not be had', async () => {
    const mine = await people.sign('sub-member');
    expect(await visit(bearer(mine))).toEqual(ALLOWED);
    await front.rotate();
    front.failWith = 500;
    const headers = { ...bearer(mine), [HEADER]: await front.sign('sub-member') };
    expect(await visit(headers)).toEqual({ status: 503, reason: 'identity-unavailable' });
    front.failWith = null;
    expect(await visit(headers)).toEqual(ALLOWED);
  });

  it('takes the proxy header under its own name, once, and sends it to nobody', async () => {
    const assertion = await front.sign('sub-member');
    const raw = (...lines: string[]) =>
      sendRaw(
        port,
        ['GET /connections/aws-production/echo HTTP/1.1', 'Host: x', ...lines, 'Connection: close', '', ''].join(
          '\r\n',
        ),
      );
    expect((await raw(`X-POMERIUM-jwt-assertion: ${assertion}`)).status).toBe(200);
    const before = sidecar.upstream.requests.length;
    for (const lines of [
      [`${HEADER}: ${assertion}`, `${HEADER}: ${assertion}`],
      [`${HEADER}: ${assertion}`, `X_Pomerium_Jwt_Assertion: ${assertion}`],
      [`X_Pomerium_Jwt_Assertion: ${assertion}`],
      [`x-pomerium.jwt-assertion: ${assertion}`],
      [`${HEADER}: ${assertion}, ${assertion}`],
      [`${HEADER}: Bearer ${assertion}`],
    ]) {
      expect([lines, (await raw(...lines)).status]).toEqual([lines, 401]);
    }
    expect(sidecar.upstream.requests.length).toBe(before);
    for (const { rawHeaders } of sidecar.upstream.requests) {
      expect(rawHeaders.filter((name) => /pomerium/i.test(name) || name.includes(assertion))).toEqual([]);
    }
  });

  it('does not let another site use what a browser sends by itself', async () => {
    const post = (headers: Record<string, string>) => visit(headers, { method: 'POST', body: 'x' });
    const evil = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    const assertion = { [HEADER]: await front.sign('sub-member') };
    const REFUSED = { status: 400, reason: 'request-refused' };
    expect(await post({ ...assertion, ...evil })).toEqual(REFUSED);
    expect(await post({ ...assertion, ...cookie(await people.sign('sub-member')), ...evil })).toEqual(REFUSED);
    expect(await post({ ...assertion, origin: PUBLIC_URL })).toEqual(ALLOWED);
    expect(await post({ ...assertion, ...bearer(await people.sign('sub-member')), ...evil })).toEqual(ALLOWED);
  });
});

describe('a way that is not configured', () => {
  const front = new IdentityProvider();
  let sidecar: TestSidecar;
  beforeAll(async () => {
    await front.start();
    const identity: ProxyConfigInput['identity'] = {
      proxy_header: { header: 'x-identity-of-mine', jwks_url: front.jwksUrl, issuer: front.issuer, audience: AUDIENCE },
    };
    const facts = [...TEST_FACTS, grant('grt_1', 'member', 'connection:aws-production')];
    sidecar = await startSidecar({ facts, config: { identity } });
  });
  afterAll(async () => {
    await sidecar.stop();
    await front.stop();
  });

  it('is no identity, whatever it says, and no reason to refuse one', async () => {
    const others = {
      authorization: 'Bearer whatever',
      cookie: 'hallpass_token=x; app=1',
      'x-goog-iap-jwt-assertion': 'a.b.c',
    };
    const alone = await fetch(sidecar.url + PATH, { headers: others });
    expect([alone.status, await alone.json()]).toMatchObject([401, { reason: 'identity-missing' }]);
    const mine = { ...others, 'X-Identity-Of-Mine': await front.sign('sub-member') };
    expect((await fetch(sidecar.url + PATH, { headers: mine })).status).toBe(200);
    const { headers } = sidecar.upstream.last;
    expect(headers.cookie).toBe('app=1');
    for (const name of ['authorization', 'x-goog-iap-jwt-assertion', 'x-identity-of-mine']) {
      expect([name, headers[name]]).toEqual([name, undefined]);
    }
  });
});

describe('the identity settings', () => {
  const jwt = { jwks_url: 'http://i.test/jwks', issuer: 'i', audience: 'a' };
  const read = (identity: unknown) => {
    const result = proxyConfigSchema.safeParse({
      public_url: 'http://p.test',
      console_url: 'http://c.test',
      control_plane: { url: 'http://c.test' },
      identity,
      policy: { bundle: 'b' },
      routes: [{ path: '/x', resource: 'connection:x', upstream: 'http://u.test' }],
    });
    return result.success ? [] : result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  };

  it('are taken as they were, one issuer by itself', () => {
    expect(read({ jwt })).toEqual([]);
    expect(read({ jwt: [jwt] })).toEqual([]);
  });

  it.each<[string, unknown, RegExp]>([
    ['no way at all', {}, /^identity: must name at least one way/],
    ['an unknown way', { jwt, basic: {} }, /basic/],
    ['a shared secret', { jwt: { ...jwt, algorithms: ['HS256'] } }, /^identity\.jwt\.algorithms\.0: /],
    ['an issuer twice', { jwt: [jwt, jwt] }, /^identity\.jwt\.1\.issuer: is there already/],
    [
      'subjects of two issuers not told apart',
      { jwt: [jwt, { ...jwt, issuer: 'j' }] },
      /^identity\.jwt\.0\.subject_prefix: must be set/,
    ],
    [
      'two cookies',
      {
        jwt: [
          { ...jwt, cookie: 'a' },
          { ...jwt, issuer: 'j', cookie: 'b' },
        ],
      },
      /^identity\.jwt\.1\.cookie: only one/,
    ],
    [
      'Authorization as the header of a proxy',
      { proxy_header: { ...jwt, header: 'Authorization' } },
      /^identity\.proxy_header\.header: must be/,
    ],
    [
      'a header that others would fold',
      { proxy_header: { ...jwt, header: 'x_pomerium' } },
      /^identity\.proxy_header\.header: must be/,
    ],
    [
      'a header that is hop by hop',
      { proxy_header: { ...jwt, header: 'TE' } },
      /^identity\.proxy_header\.header: must be/,
    ],
  ])('are refused with %s', (_name, identity, problem) => {
    expect(read(identity).some((line) => problem.test(line))).toBe(true);
  });
});
