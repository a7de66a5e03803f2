import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildExtAuthzClient } from '../support/build-ext-authz-client.ts';
import { startExtAuthzClient, type ExtAuthzClient } from '../support/start-ext-authz-client.ts';
import { ALLOWED, ASKING_TOKEN, DENIED, SOCKET } from './support/asking-proxies.ts';
import { grant, TEST_FACTS } from './support/facts.ts';
import { startSidecar, type TestSidecar } from './support/sidecar.ts';

const METADATA = { 'hallpass-external-auth-token': ASKING_TOKEN };
const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

/** As Envoy asks: pseudo headers among the others, everything in lower case. */
function question(
  http: { method?: string; path?: string; host?: string } & Record<string, unknown>,
  headers: Record<string, string> = {},
) {
  const { method = 'GET', path = ALLOWED, host = 'app' } = http;
  const pseudo = { ':method': method, ':path': path, ':authority': host, ':scheme': 'https' };
  return {
    attributes: {
      source: { address: { socketAddress: { address: '203.0.113.7', portValue: 50_000 } }, principal: 'p' },
      destination: { address: { socketAddress: { address: '10.0.0.1', portValue: 443 } } },
      request: {
        time: '2026-01-01T00:00:00Z',
        http: {
          id: '1',
          method,
          path,
          host,
          scheme: 'https',
          protocol: 'HTTP/2',
          size: '-1',
          headers: { ...pseudo, 'x-forwarded-for': '203.0.113.7', 'x-envoy-internal': 'true', ...headers },
          ...http,
        },
      },
      contextExtensions: { any: 'thing' },
      tlsSession: { sni: 'app' },
    },
  };
}

type Option = { header: { key: string; value: string }; appendAction: string };
const valuesOf = (options: Option[] = []) =>
  Object.fromEntries(options.map(({ header }) => [header.key, header.value]));

describe('external authorization as Envoy asks over gRPC', () => {
  let sidecar: TestSidecar;
  let client: ExtAuthzClient;
  beforeAll(async () => {
    await buildExtAuthzClient();
    sidecar = await startSidecar({
      facts: [
        ...TEST_FACTS,
        grant('grt_staging', 'member', 'scope:staging'),
        grant('grt_v', 'viewer', 'scope:staging'),
      ],
      config: { external_auth: { grpc: { port: 0 } } },
      externalAuthToken: ASKING_TOKEN,
    });
    client = await startExtAuthzClient(`127.0.0.1:${sidecar.proxy.ports.externalAuthGrpc}`);
  }, 900_000);
  afterAll(async () => {
    await client?.stop();
    await sidecar?.stop();
  });

  const check = async (
    person: string | null,
    http: Parameters<typeof question>[0] = {},
    headers: Record<string, string> = {},
  ) => {
    const identity: Record<string, string> =
      person === null ? {} : { authorization: `Bearer ${await sidecar.tokenOf(person)}` };
    const answer = await client.check(question(http, { ...identity, ...headers }), METADATA);
    expect(answer.error).toBeUndefined();
    return answer.response;
  };

  it('says OK, who it is, and what may not go on', async () => {
    const answer = await check(
      'member',
      {},
      {
        cookie: 'a=1; hallpass_x=x',
        'x-remote-user': 'root',
        x_hallpass_role: 'owner',
        'x-hallpass-role': 'owner',
        'x-forwarded-user': 'root',
        'x-request-id': '7',
      },
    );
    expect(answer.status).toEqual({});
    expect(valuesOf(answer.okResponse.headers)).toEqual({
      'x-hallpass-subject': 'per_member',
      'x-hallpass-email': 'member@example.com',
      'x-hallpass-role': 'member',
      'x-hallpass-evaluation-id': expect.stringMatching(/^ev_/),
      'x-hallpass-assertion': expect.stringMatching(/^eyJ/),
      cookie: 'a=1',
    });
    const actions = new Set(answer.okResponse.headers.map(({ appendAction }: Option) => appendAction));
    expect([...actions]).toEqual(['OVERWRITE_IF_EXISTS_OR_ADD']);
    expect(answer.okResponse.headersToRemove.toSorted()).toEqual([
      'authorization',
      'x-forwarded-user',
      'x-remote-user',
      'x_hallpass_role',
    ]);
    expect(answer.dynamicMetadata).toEqual({
      evaluation_id: valuesOf(answer.okResponse.headers)['x-hallpass-evaluation-id'],
      reason: 'granted-scope',
      subject: 'per_member',
      resource: 'connection:aws-staging',
      action: 'read',
    });
  });

  it('says no to a program with the whole problem', async () => {
    const answer = await check('member', { path: DENIED, method: 'POST' });
    expect(answer.status).toEqual({ code: 7, message: 'no-grant' });
    expect(answer.deniedResponse.status).toEqual({ code: 'Forbidden' });
    const headers = valuesOf(answer.deniedResponse.headers);
    expect(headers).toMatchObject({ 'content-type': 'application/problem+json', 'cache-control': 'no-store' });
    const problem = JSON.parse(answer.deniedResponse.body);
    expect(problem).toMatchObject({ reason: 'no-grant', action: 'write', access_request: expect.any(Object) });
    expect(headers.link).toContain(problem.access_request.form_url);
    expect(answer.dynamicMetadata).toMatchObject({ evaluation_id: problem.evaluation_id, reason: 'no-grant' });
  });

  it('says no to a browser with the page', async () => {
    const { deniedResponse } = await check('member', { path: DENIED }, { accept: BROWSER });
    expect(valuesOf(deniedResponse.headers)['content-type']).toMatch(/^text\/html/);
    expect(deniedResponse.body).toContain('>Request Access<');
  });

  it('says no to a gRPC client in its own words, with a status that is none of success', async () => {
    const { deniedResponse } = await check(
      'member',
      { path: DENIED, method: 'POST' },
      { 'content-type': 'application/grpc' },
    );
    expect(deniedResponse.status).toEqual({ code: 'Forbidden' });
    expect(valuesOf(deniedResponse.headers)).toMatchObject({ 'grpc-status': '7', 'hallpass-reason': 'no-grant' });
  });

  it.each([
    ['nobody', null, {}, 16, 'Unauthorized', 'identity-missing'],
    ['a hidden resource', 'member', { path: '/connections/payroll/x' }, 5, 'NotFound', 'route-unknown'],
    ['an odd path', 'member', { path: '/connections/aws-staging/%2e%2e/x' }, 3, 'BadRequest', 'path-refused'],
    ['an empty segment', 'member', { path: '/connections/aws-staging//x' }, 3, 'BadRequest', 'path-refused'],
    ['a path of another form', 'member', { path: 'http://app/x' }, 3, 'BadRequest', 'path-refused'],
    ['no path', 'member', { path: '' }, 3, 'BadRequest', 'path-refused'],
    ['a method to tunnel', 'member', { method: 'CONNECT' }, 3, 'BadRequest', 'request-refused'],
    ['a method in small letters', 'member', { method: 'get' }, 3, 'BadRequest', 'request-refused'],
    ['a host that is none', 'member', { host: 'a/b' }, 3, 'BadRequest', 'request-refused'],
  ] as const)('says no to %s by its own code', async (_what, person, http, code, status, reason) => {
    const answer = await check(person, http);
    expect([answer.status.code, answer.deniedResponse.status.code]).toEqual([code, status]);
    expect(JSON.parse(answer.deniedResponse.body).reason).toBe(reason);
  });

  it.each([
    [{ ':path': '/connections/aws-staging' }],
    [{ ':method': 'POST' }],
    [{ host: 'other' }],
    [{ upgrade: 'h2c' }],
    [{ 'x-a': 'b\r\nc: d' }],
    [{ 'x a': 'b' }],
  ])('refuses a question that says %j besides', async (headers) => {
    const answer = await check('member', {}, headers as Record<string, string>);
    expect(answer.status.code).toBe(3);
  });

  it('refuses what is no HTTP request', async () => {
    for (const asked of [{}, { attributes: {} }, { attributes: { request: {} } }]) {
      const answer = await client.check(asked, METADATA);
      expect([answer.error, answer.response.status.code]).toEqual([undefined, 3]);
    }
  });

  it('judges upgrades by their own action', async () => {
    const socket = { ...SOCKET, upgrade: 'websocket', connection: 'upgrade', 'transfer-encoding': 'chunked' };
    const allowed = await check('member', { path: '/connections/aws-staging/ws' }, socket);
    expect([allowed.status, allowed.dynamicMetadata.action]).toEqual([{}, 'connect']);
    expect((await check('member', {}, { ...socket, 'sec-websocket-version': '8' })).status.code).toBe(3);
  });

  it('reads raw headers, and takes two identities for none', async () => {
    const token = await sidecar.tokenOf('member');
    const raw = (...headers: [string, string][]) =>
      client.check(
        question({
          headers: undefined,
          headerMap: {
            headers: headers.map(([key, value]) => ({ key, rawValue: Buffer.from(value).toString('base64') })),
          },
        }),
        METADATA,
      );
    const path: [string, string] = [':path', ALLOWED];
    expect((await raw(path, ['authorization', `Bearer ${token}`])).response.status).toEqual({});
    expect(
      (await raw(path, ['authorization', 'Bearer x'], ['authorization', `Bearer ${token}`])).response.status.code,
    ).toBe(16);
    expect((await raw([':path', DENIED], ['authorization', `Bearer ${token}`])).response.status.code).toBe(3);
  });

  it('answers nobody without the token, and with a denial, which no setting of Envoy lets pass', async () => {
    const asked = question({}, { authorization: `Bearer ${await sidecar.tokenOf('member')}` });
    for (const metadata of [{}, { 'hallpass-external-auth-token': 'wrong' }]) {
      const { error, response } = await client.check(asked, metadata as Record<string, string>);
      expect([error, response.status.code, response.deniedResponse.status.code]).toEqual([undefined, 7, 'Forbidden']);
      expect(response.okResponse).toBeUndefined();
    }
  });

  it('takes no question that is too long', async () => {
    const answer = await client.check(question({}, { 'x-long': 'x'.repeat(70_000) }), METADATA);
    expect([answer.response, answer.code]).toEqual([undefined, 8]);
  });

  it('counts headers as the proxy does', async () => {
    const many = Object.fromEntries(Array.from({ length: 201 }, (_, index) => [`x-h-${index}`, '1']));
    expect((await check('member', {}, many)).status.code).toBe(3);
  });

  it('says whether it serves', async () => {
    expect(await client.health()).toEqual({ status: 'SERVING' });
    expect(await client.health('envoy.service.auth.v3.Authorization')).toEqual({ status: 'SERVING' });
  });

  it('writes the decision, and counts the question', async () => {
    const { status } = await check('member', { path: DENIED });
    expect(status.code).toBe(7);
    expect(await sidecar.metrics()).toMatch(
      /hallpass_proxy_external_auth_checks_total\{dialect="envoy-grpc",outcome="denied"\} [1-9]/,
    );
  });
});
