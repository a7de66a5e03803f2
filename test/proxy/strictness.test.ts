import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { grant, TEST_FACTS } from './support/facts.ts';
import { sendRaw } from './support/raw-http.ts';
import { startSidecar, type TestSidecar } from './support/sidecar.ts';

/** Where somebody with a grant for staging would like to go on to production. */
describe('what can be read in two ways', () => {
  let sidecar: TestSidecar;
  let auth: string;
  beforeAll(async () => {
    sidecar = await startSidecar({ facts: [...TEST_FACTS, grant('grt_1', 'member', 'connection:aws-staging')] });
    auth = `Authorization: Bearer ${await sidecar.tokenOf('member')}\r\n`;
  });
  afterAll(() => sidecar.stop());

  const get = (target: string, more = '') =>
    sendRaw(sidecar.proxy.ports.proxy, `GET ${target} HTTP/1.1\r\nHost: x\r\n${auth}${more}\r\n`);
  const raw = (bytes: string | Buffer) => sendRaw(sidecar.proxy.ports.proxy, bytes);

  const S = '/connections/aws-staging';
  it.each([
    `${S}/../aws-production/echo`,
    `${S}/%2e%2e/aws-production/echo`,
    `${S}/%2E./aws-production/echo`,
    `${S}/.%2e/aws-production/echo`,
    `${S}/..%2faws-production/echo`,
    `${S}/..%2Faws-production`,
    `${S}/..%5caws-production`,
    `${S}/..\\aws-production`,
    `${S}/%252e%252e/aws-production`,
    `${S}/%25%32%65%25%32%65/x`,
    `${S}/..;/aws-production`,
    `${S}/..;a=b/aws-production`,
    `${S}/x;y=1`,
    `${S}/%c0%ae%c0%ae/aws-production`,
    `${S}/%e0%80%ae/x`,
    `${S}//aws-production`,
    `//connections/aws-staging/echo`,
    `/%2fconnections/aws-staging/echo`,
    `${S}/./echo`,
    `${S}/echo/.`,
    `${S}/echo/..`,
    `${S}/...`,
    `${S}/a%00b`,
    `${S}/a%0d%0ab`,
    `${S}/a%7f`,
    `${S}/a%`,
    `${S}/a%2`,
    `${S}/a%zz`,
    `${S}/a#b`,
    `${S}/a?b#c`,
    `${S}/a%c2%85b`,
    `http://x${S}/echo`,
    `https://evil.example/`,
    '*',
    'x:80',
    'connections/aws-staging/echo',
  ])('refuses the target %s before the upstream sees anything', async (target) => {
    const before = sidecar.upstream.requests.length;
    const answer = await get(target);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatch(/"reason":"(path|request)-refused"/);
    expect(sidecar.upstream.requests.length).toBe(before);
  });

  it.each([
    [`${S}/%65cho`, '/echo'],
    [`${S}/a%7Eb%2dc`, '/a~b-c'],
    [`${S}/%c3%a9`, '/%C3%A9'],
    [`${S}/a%3fb%23c`, '/a%3Fb%23c'],
    [`${S}/a%20b+c`, '/a%20b+c'],
    [`${S}/a..b/.c/d.`, '/a..b/.c/d.'],
    [`${S}/items[0]|x^`, '/items[0]|x^'],
    [`${S}?x=../..//%2e%2e%00`, '/?x=../..//%2e%2e%00'],
    [`${S}/`, '/'],
    [S, '/'],
  ])('passes %s on as %s', async (target, sent) => {
    const answer = await get(target);
    expect(answer.status).toBe(200);
    expect(sidecar.upstream.last.url).toBe(sent);
  });

  it.each([
    `${S}x/echo`,
    `${S}.`,
    `${S}%20`,
    '/connections',
    '/Connections/aws-staging/echo',
    '/connections/aws-stagin',
  ])('does not take %s for the route', async (target) => {
    expect((await get(target)).status).toBe(404);
  });

  it.each([
    ['TRACE', `TRACE ${S}/echo HTTP/1.1\r\nHost: x\r\n`],
    ['CONNECT', 'CONNECT aws-staging:443 HTTP/1.1\r\nHost: x\r\n'],
    ['CONNECT to a path', `CONNECT ${S}/echo HTTP/1.1\r\nHost: x\r\n`],
    ['no Host', `GET ${S}/echo HTTP/1.1\r\n`],
    ['two Hosts', `GET ${S}/echo HTTP/1.1\r\nHost: x\r\nHost: y\r\n`],
    ['a Host that is a URL', `GET ${S}/echo HTTP/1.1\r\nHost: http://x/\r\n`],
    ['two lengths', `POST ${S}/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n`],
    ['the same length twice', `POST ${S}/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 1\r\n`],
    ['a list of lengths', `POST ${S}/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1, 1\r\n`],
    ['a signed length', `POST ${S}/echo HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n`],
    ['length and coding', `POST ${S}/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n`],
    ['coding and length', `POST ${S}/echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n`],
    [
      'two codings',
      `POST ${S}/echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n`,
    ],
    ['an unknown coding', `POST ${S}/echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n`],
    ['gzip coding', `POST ${S}/echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n`],
    ['chunked not last', `POST ${S}/echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, identity\r\n`],
    ['a coding in HTTP/1.0', `POST ${S}/echo HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n`],
    ['a space before the colon', `POST ${S}/echo HTTP/1.1\r\nHost: x\r\nContent-Length : 4\r\n`],
    ['a folded header', `GET ${S}/echo HTTP/1.1\r\nHost: x\r\nX-A: b\r\n  c\r\n`],
    ['a bare line feed', `GET ${S}/echo HTTP/1.1\nHost: x\n`],
    ['a bare carriage return', `GET ${S}/echo HTTP/1.1\r\nHost: x\r\nX-A: b\rc\r\n`],
    ['a NUL in a header', `GET ${S}/echo HTTP/1.1\r\nHost: x\r\nX-A: b\0c\r\n`],
    ['a NUL in the target', `GET ${S}/e\0cho HTTP/1.1\r\nHost: x\r\n`],
    ['HTTP/2 in one line', `PRI * HTTP/2.0\r\n`],
    ['a nominated length', `POST ${S}/echo HTTP/1.1\r\nHost: x\r\nConnection: content-length\r\nContent-Length: 4\r\n`],
    ['a nominated Host', `GET ${S}/echo HTTP/1.1\r\nHost: x\r\nConnection: close, Host\r\n`],
    ['nominated credentials', `GET ${S}/echo HTTP/1.1\r\nHost: x\r\nConnection: Authorization\r\n`],
  ])('refuses %s', async (_name, head) => {
    const before = sidecar.upstream.requests.length;
    const answer = await raw(`${head}${auth}\r\n`);
    // 0: the parser found out in the middle of it, and the connection was closed without a word.
    expect([0, 400]).toContain(answer.status);
    expect(sidecar.upstream.requests.length).toBe(before);
    if (answer.body !== '') expect(JSON.parse(answer.body)).toMatchObject({ reason: 'request-refused' });
  });

  it('refuses too many and too large headers with what they may be', async () => {
    const many = await get(`${S}/echo`, 'X-A: b\r\n'.repeat(300));
    expect([many.status, many.body]).toEqual([400, expect.stringContaining('more than 200 headers')]);
    const large = await get(`${S}/echo`, `X-A: ${'b'.repeat(20_000)}\r\n`);
    expect(large.status).toBe(431);
    expect(JSON.parse(large.body)).toMatchObject({ detail: expect.stringContaining('16384 bytes') });
  });

  it.each([
    ['a chunk size that is none', 'zz\r\nhello\r\n0\r\n\r\n'],
    ['a negative chunk size', '-5\r\nhello\r\n0\r\n\r\n'],
    ['a chunk longer than it says', '3\r\nhello\r\n0\r\n\r\n'],
    ['a hexadecimal prefix', '0x5\r\nhello\r\n0\r\n\r\n'],
    ['a bare line feed after the size', '5\nhello\r\n0\r\n\r\n'],
  ])('never ends a request for the upstream at %s', async (_name, body) => {
    const before = sidecar.upstream.requests.length;
    await raw(
      `POST ${S}/echo HTTP/1.1\r\nHost: x\r\n${auth}Transfer-Encoding: chunked\r\n\r\n${body}GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n`,
    );
    const seen = sidecar.upstream.requests.slice(before);
    expect(seen.length).toBeLessThanOrEqual(1);
    expect(seen.map((request) => request.url)).not.toContain('/smuggled');
  });

  it('judges each of two requests in one packet by itself', async () => {
    const one = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\n${auth}\r\n`;
    const { text } = await raw(one(`${S}/first`) + one('/connections/aws-production/second') + one(`${S}/third`));
    expect([...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => status)).toEqual(['200', '403', '200']);
    expect(sidecar.upstream.requests.slice(-2).map(({ url }) => url)).toEqual(['/first', '/third']);
  });

  it('keeps the framing of a body that a GET brings along', async () => {
    const before = sidecar.upstream.requests.length;
    const inner = 'GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n';
    const body = `${inner.length.toString(16)}\r\n${inner}\r\n0\r\n\r\n`;
    const chunked = await get(`${S}/echo`, `Transfer-Encoding: chunked\r\n\r\n${body}`.slice(0, -2));
    expect(chunked.status).toBe(200);
    const counted = await raw(
      `DELETE ${S}/echo HTTP/1.1\r\nHost: x\r\n${auth}Content-Length: ${inner.length}\r\n\r\n${inner}`,
    );
    expect(counted.status).toBe(200);
    const seen = sidecar.upstream.requests.slice(before);
    expect(seen.map(({ url, body: text }) => [url, text])).toEqual([
      ['/echo', inner],
      ['/echo', inner],
    ]);
  });

  it('waits for the gate before it asks for a body', async () => {
    const post = (path: string) =>
      raw(`POST ${path} HTTP/1.1\r\nHost: x\r\n${auth}Content-Length: 5\r\nExpect: 100-continue\r\n\r\n`);
    const denied = await post('/connections/aws-production/echo');
    expect(denied.status).toBe(403);
    const allowed = await post(`${S}/echo`);
    expect(allowed.status).toBe(100);
  });

  it('takes an upgrade to anything but a WebSocket for an ordinary request', async () => {
    const answer = await get(
      `${S}/echo`,
      'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n',
    );
    expect(answer.status).toBe(200);
    const { headers } = sidecar.upstream.last;
    expect([headers.upgrade, headers['http2-settings'], headers.connection]).toEqual([
      undefined,
      undefined,
      'keep-alive',
    ]);
    expect((await get('/connections/aws-production/echo', 'Connection: Upgrade\r\nUpgrade: h2c\r\n')).status).toBe(403);
  });

  it('closes when the client wants it closed', async () => {
    const answer = await get(`${S}/echo`, 'Connection: close\r\n');
    expect(answer.head.toLowerCase()).toContain('connection: close');
  });
});
