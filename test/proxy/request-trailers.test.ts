import { afterEach, describe, expect, it } from '@jest/globals';
import { waitUntil } from '../support/wait-until.ts';
import { grant, TEST_FACTS } from './support/facts.ts';
import { sendRaw } from './support/raw-http.ts';
import { RawUpstream } from './support/raw-upstream.ts';
import { routesTo, startSidecar, type TestSidecar } from './support/sidecar.ts';

const BASE = '/connections/aws-production';
const FACTS = [...TEST_FACTS, grant('grt_1', 'member', 'connection:aws-production')];
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** What comes after a body in chunks, and what of it reaches the upstream (RFC 9110 6.5). */
describe('trailers of a request', () => {
  let sidecar: TestSidecar;
  let upstream: RawUpstream;
  afterEach(async () => {
    await sidecar.stop();
    await upstream.stop();
  });

  const start = async (raw: RawUpstream, limits = {}) => {
    upstream = raw;
    await upstream.start();
    sidecar = await startSidecar({ facts: FACTS, routes: routesTo(upstream.url), config: { limits } });
  };
  const head = async (method: string, more: string, name = 'member') =>
    `${method} ${BASE}/x HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${await sidecar.tokenOf(name)}\r\n${more}\r\n`;
  const send = async (method: string, more: string, body = '') =>
    sendRaw(sidecar.proxy.ports.proxy, (await head(method, more)) + body);
  it('are passed on and announced', async () => {
    await start(
      new RawUpstream((socket, text) => text.includes('\r\n0\r\n') && text.endsWith('\r\n\r\n') && socket.write(OK)),
    );
    const answer = await send(
      'POST',
      'Transfer-Encoding: chunked\r\nTrailer: X-Checksum, X-Hallpass-Subject\r\nTE: trailers, deflate\r\n',
      '5\r\nhello\r\n0\r\nX-Checksum: abc\r\nx-signed: d e\r\n\r\n',
    );
    expect(answer.status).toBe(200);
    const [lines, ...rest] = upstream.received[0]!.split('\r\n\r\n') as [string, string];
    expect(rest.join('\r\n\r\n')).toBe('5\r\nhello\r\n0\r\nX-Checksum: abc\r\nx-signed: d e\r\n\r\n');
    expect(lines).toMatch(/^trailer: X-Checksum$/im);
    expect(lines).toMatch(/^te: trailers$/im);
    expect(lines).toMatch(/^connection: keep-alive, TE$/im);
    expect(lines.match(/^(?:transfer-encoding|content-length):.*$/gim)).toEqual(['transfer-encoding: chunked']);
  });

  it.each([
    'X-Hallpass-Subject: owner',
    'x_hallpass_role: owner',
    'X-Forwarded-User: root',
    'Remote-User: root',
    'Authorization: Bearer x',
    'Cookie: a=b',
    'Content-Length: 5',
    'Transfer-Encoding: chunked',
    'Host: other',
    'Connection: close',
    'Content-Type: text/html',
    'TE: trailers',
    'Trailer: Host',
    'Expect: 100-continue',
  ])('are none that is an identity, or frames or routes the message: %s', async (line) => {
    await start(
      new RawUpstream((socket, text) => text.endsWith('\r\n\r\n') && text.includes('\r\n0\r\n') && socket.write(OK)),
    );
    const answer = await send(
      'POST',
      'Transfer-Encoding: chunked\r\n',
      `5\r\nhello\r\n0\r\n${line}\r\nX-Fine: 1\r\n\r\n`,
    );
    const body = upstream.received[0]?.split('\r\n\r\n').slice(1).join('\r\n\r\n');
    if (answer.status === 200) expect(body).toBe('5\r\nhello\r\n0\r\nX-Fine: 1\r\n\r\n');
    else {
      // What the parser refuses itself ends the connection, and the upstream never hears that the body was whole.
      expect([0, 400]).toContain(answer.status);
      expect(body ?? '').not.toContain('\r\n0\r\n');
      await waitUntil('the upstream to be left', () => upstream.open === 0);
    }
  });

  it('are not announced after a body with a length', async () => {
    await start(new RawUpstream((socket, text) => text.endsWith('hello') && socket.write(OK)));
    const answer = await send('POST', 'Content-Length: 5\r\nTrailer: X-Checksum\r\n', 'hello');
    expect(answer.status).toBe(200);
    expect(upstream.received[0]).not.toMatch(/^trailer:/im);
  });
});
