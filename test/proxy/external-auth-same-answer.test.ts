import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { buildExtAuthzClient } from '../support/build-ext-authz-client.ts';
import { startExtAuthzClient, type ExtAuthzClient } from '../support/start-ext-authz-client.ts';
import { ASKERS, ASKING_TOKEN, AskingProxies, type Heard } from './support/asking-proxies.ts';
import { grant, resource, TEST_FACTS } from './support/facts.ts';
import { startSidecar, type TestSidecar } from './support/sidecar.ts';

interface Sent {
  readonly person: string | null;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

const segment = fc.oneof(
  fc.constantFrom(
    'connections',
    'targets',
    'aws-staging',
    'aws-production',
    'payroll',
    'billing-db',
    'unheard-of',
    'echo',
  ),
  fc.constantFrom(
    '..',
    '.',
    '',
    '%2e%2e',
    '%2E',
    '%2f',
    '%252e',
    ';x',
    '%61ws-staging',
    'a%20b',
    '%',
    '%ff',
    '\\',
    '*',
  ),
  fc.string({
    unit: fc.constantFrom('a', 'Z', '0', '-', '_', '~', '!', '+', ',', '=', '@', ':', '%41', '%7e'),
    maxLength: 6,
  }),
);
const path = fc.oneof(
  fc.constantFrom(
    '/connections/aws-staging/echo',
    '/connections/aws-production/x',
    '/targets/billing-db/',
    '/connections/payroll',
  ),
  fc.array(segment, { maxLength: 5 }).map((segments) => `/${segments.join('/')}`),
);
const query = fc.constantFrom('', '?', '?a=1&b=%2e%2e', '?next=//evil', '?x=/connections/aws-production');
const sent: fc.Arbitrary<Sent> = fc.record({
  person: fc.constantFrom(null, 'member', 'member', 'viewer', 'admin', 'gone', 'stranger'),
  method: fc.constantFrom('GET', 'GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PROPFIND', 'TRACE'),
  path: fc.tuple(path, query).map((parts) => parts.join('')),
  headers: fc.record(
    {
      accept: fc.constantFrom('*/*', 'text/html', 'application/json, text/html;q=0.9', 'text/html;q=0.1, */*'),
      'content-type': fc.constantFrom(
        'application/json',
        'application/grpc',
        'application/grpc+proto',
        'application/grpc-web',
      ),
      origin: fc.constantFrom('http://proxy.example.com', 'https://evil.test'),
      cookie: fc.constantFrom('a=1', 'hallpass_token=garbage', 'hallpass_token=a; hallpass_token=b', ''),
      'hallpass-after-revision': fc.constantFrom('0', '999', 'x'),
      'x-forwarded-prefix': fc.constant('/connections/aws-staging'),
      'sec-fetch-site': fc.constantFrom('cross-site', 'same-origin'),
    },
    { requiredKeys: [] },
  ) as fc.Arbitrary<Record<string, string>>,
});

/** About the transport, or new with each answer. */
const NOT_COMPARED = new Set(['date', 'connection', 'keep-alive', 'content-length', 'transfer-encoding']);

/** What is new in every answer, made one. */
function steady(text: string): string {
  return text
    .replaceAll(/ev_[0-9a-f]{32}/g, 'ev')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'time')
    .replaceAll(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g, 'jws');
}

function comparable({ status, headers, text }: Heard): object {
  const kept = Object.entries(headers).filter(([name]) => !NOT_COMPARED.has(name));
  return {
    status,
    headers: Object.fromEntries(kept.map(([name, value]) => [name, steady(value)])),
    text: steady(text),
  };
}

// The promise of docs/external-auth.md: whoever asks, the answer is the proxy's own.
describe('the same request', () => {
  let sidecar: TestSidecar;
  let proxies: AskingProxies;
  let envoy: ExtAuthzClient;
  beforeAll(async () => {
    await buildExtAuthzClient();
    sidecar = await startSidecar({
      facts: [
        ...TEST_FACTS,
        resource('connection:aws-production', { environment: 'production', discoverable: 'name' }),
        grant('grt_1', 'member', 'scope:staging'),
        grant('grt_2', 'viewer', 'scope:staging'),
        grant('grt_3', 'admin', 'target:billing-db'),
      ],
      config: { external_auth: { http: { port: 0, dialects: [...ASKERS] }, grpc: { port: 0 } } },
      externalAuthToken: ASKING_TOKEN,
    });
    proxies = new AskingProxies(sidecar);
    envoy = await startExtAuthzClient(`127.0.0.1:${sidecar.proxy.ports.externalAuthGrpc}`);
  }, 900_000);
  afterAll(async () => {
    await envoy?.stop();
    await sidecar?.stop();
  });

  const direct = (method: string, target: string, headers: Record<string, string>) =>
    new Promise<Heard>((resolve, reject) => {
      const to = { host: '127.0.0.1', port: sidecar.proxy.ports.proxy, method, path: target, headers };
      const asked = request(to, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk: string) => void (text += chunk));
        answer.on('end', () =>
          resolve({ status: answer.statusCode!, headers: answer.headers as Record<string, string>, text }),
        );
      });
      asked.on('error', reject).end();
    });

  /** What the proxy answers; `upstream`, when it let the request pass. */
  const byProxy = async ({ method, path: target, headers }: Sent, identity: Record<string, string>) => {
    const before = sidecar.upstream.requests.length;
    const heard = await direct(method, target, { host: 'app', ...headers, ...identity });
    const upstream = sidecar.upstream.requests[before];
    return { heard, upstream };
  };

  const overGrpc = async (
    { method, path: target, headers }: Sent,
    identity: Record<string, string>,
  ): Promise<Heard> => {
    const http = { method, path: target, host: 'app', headers: { ':path': target, ...headers, ...identity } };
    const source = { address: { socketAddress: { address: '127.0.0.1', portValue: 1 } } };
    const asked = { attributes: { source, request: { http } } };
    const { response } = await envoy.check(asked, { 'hallpass-external-auth-token': ASKING_TOKEN });
    const { headers: options = [], status, body = '' } = response.okResponse ?? response.deniedResponse;
    const pairs = options.map(({ header }: { header: { key: string; value?: string } }) => [
      header.key,
      header.value ?? '',
    ]);
    const said = { Unauthorized: 401, Forbidden: 403, NotFound: 404, BadRequest: 400, ServiceUnavailable: 503 };
    const code = response.okResponse === undefined ? said[status.code as keyof typeof said] : 200;
    return { status: code, headers: Object.fromEntries(pairs), text: method === 'HEAD' ? '' : body };
  };

  it('gets the same answer, whoever asks', async () => {
    await fc.assert(
      fc.asyncProperty(sent, async (one) => {
        const identity = await proxies.identityOf(one.person);
        const { heard, upstream } = await byProxy(one, identity);
        for (const asker of [...ASKERS, 'envoy-grpc'] as const) {
          let answer: Heard;
          if (asker === 'envoy-grpc') answer = await overGrpc(one, identity);
          else {
            const asked = await proxies.ask(asker, null, { ...one, host: 'app' }, { ...one.headers, ...identity });
            answer = asked.status === 200 ? asked : await proxies.shown(asker, asked, { ...one.headers, ...identity });
            // The page of a HEAD is asked for by a GET here; nginx asks by HEAD.
            if (one.method === 'HEAD') answer = { ...answer, text: '' };
          }
          if (upstream !== undefined) {
            const names = ['x-hallpass-subject', 'x-hallpass-email', 'x-hallpass-role', 'cookie'];
            const pick = (from: object) => names.map((name) => (from as Record<string, string>)[name]);
            expect([asker, answer.status, pick(answer.headers)]).toEqual([asker, 200, pick(upstream.headers)]);
            continue;
          }
          const expected = comparable(heard) as { status: number; headers: Record<string, string> };
          const actual = comparable(answer) as { status: number };
          expect(actual.status).toBeGreaterThanOrEqual(asker === 'nginx' ? 200 : 400);
          // The two differences that docs/external-auth.md names: gRPC's 200, and Envoy's 5xx over HTTP.
          const isOther =
            expected.headers['grpc-status'] !== undefined || (asker === 'envoy' && expected.status >= 500);
          expect({ asker, ...actual, ...(isOther ? { status: 0 } : {}) }).toEqual({
            asker,
            ...expected,
            ...(isOther ? { status: 0 } : {}),
          });
        }
      }),
      { numRuns: 150 },
    );
  }, 120_000);
});
