import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { waitUntil } from '../support/wait-until.ts';
import { grant, TEST_FACTS } from './support/facts.ts';
import { sendRaw } from './support/raw-http.ts';
import { answering, RawUpstream } from './support/raw-upstream.ts';
import { routesTo, startSidecar, type TestSidecar } from './support/sidecar.ts';

const BASE = '/connections/aws-production';
const FACTS = [...TEST_FACTS, grant('grt_1', 'member', 'connection:aws-production')];
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** What comes from an upstream, byte by byte, and what of it reaches the client. */
describe('answers of an upstream', () => {
  let sidecar: TestSidecar;
  let upstream: RawUpstream;
  afterEach(async () => {
    await sidecar.stop();
    await upstream.stop();
  });

  const start = async (raw: RawUpstream) => {
    upstream = raw;
    await upstream.start();
    sidecar = await startSidecar({ facts: FACTS, routes: routesTo(upstream.url) });
  };
  const head = async (method = 'GET', more = '') =>
    `${method} ${BASE}/x HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${await sidecar.tokenOf('member')}\r\n${more}\r\n`;
  const get = async (method = 'GET', more = '') => sendRaw(sidecar.proxy.ports.proxy, await head(method, more));

  it.each([
    ['100 that nobody asked for', 'HTTP/1.1 100 Continue\r\n\r\n'],
    ['100 with headers, twice', 'HTTP/1.1 100 Continue\r\nX-A: b\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n'],
    ['102', 'HTTP/1.1 102 Processing\r\n\r\n'],
    ['103', 'HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n'],
    ['103 and then 100', 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n'],
  ])('keep their interim ones from the client: %s', async (_, interim) => {
    await start(answering(interim + OK));
    for (let count = 0; count < 2; count += 1) {
      const answer = await get();
      expect([answer.status, answer.body]).toEqual([200, 'ok']);
      expect(answer.text).not.toMatch(/HTTP\/1\.1 10/);
    }
    expect(upstream.received).toHaveLength(1);
  });

  it('are whole when interim and final ones come in single bytes', async () => {
    const bytes = `HTTP/1.1 100 Continue\r\n\r\n${OK}`;
    await start(
      new RawUpstream((socket) => {
        let sent = 0;
        const timer = setInterval(() => {
          socket.write(bytes[sent]!);
          sent += 1;
          if (sent === bytes.length) clearInterval(timer);
        }, 1);
      }),
    );
    expect(await get()).toMatchObject({ status: 200, body: 'ok' });
  });

  it('may say in their body what looks like an interim one', async () => {
    const body = 'HTTP/1.1 100 Continue\r\n\r\n';
    await start(
      new RawUpstream((socket) => {
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`);
        setTimeout(() => socket.write(body), 50);
      }),
    );
    expect(await get()).toMatchObject({ status: 200, body });
  });

  it('lose no header but hop-by-hop ones, nominated ones and cookies like ours', async () => {
    await start(
      answering(
        'HTTP/1.1 299 Most Odd\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\nSet-Cookie: a=1\r\nSet-Cookie: hallpass_token=x\r\n' +
          'Set-Cookie: b=2\r\nWWW-Authenticate: Basic\r\nWWW-Authenticate: Digest\r\nX-Latin: \xe9\r\nX-Empty:\r\n' +
          'Connection: keep-alive, X-Nominated\r\nX-Nominated: 1\r\nKeep-Alive: timeout=77\r\nProxy-Authenticate: Basic\r\n' +
          'Content-Length: 2\r\n\r\nok',
      ),
    );
    const { head: lines, body } = await get();
    expect(lines).toMatch(/^HTTP\/1\.1 299 Most Odd\r\n/);
    expect(lines.match(/^date: .*/gim)).toEqual(['date: Thu, 01 Jan 2026 00:00:00 GMT']);
    expect(lines.match(/^set-cookie: .*/gim)).toEqual(['set-cookie: a=1', 'set-cookie: b=2']);
    expect(lines.match(/^www-authenticate: .*/gim)).toEqual(['www-authenticate: Basic', 'www-authenticate: Digest']);
    expect(lines).toMatch(/^x-latin: \xe9$/m);
    expect(lines).toMatch(/^x-empty: $/m);
    expect(lines).not.toMatch(/nominated|timeout=77|proxy-authenticate/i);
    expect(body).toBe('ok');
  });

  it('bring their trailers, but no cookie or anything else that belongs into the headers', async () => {
    await start(
      answering(
        'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: grpc-status\r\n\r\n2\r\nok\r\n0\r\n' +
          'grpc-status: 0\r\nSet-Cookie: hallpass_token=x\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n',
      ),
    );
    const { head: lines, body } = await get();
    expect(lines).toMatch(/^transfer-encoding: chunked$/im);
    expect(body).toBe('2\r\nok\r\n0\r\ngrpc-status: 0\r\n\r\n');
  });

  it('with another length in their trailers break off', async () => {
    await start(
      answering('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nContent-Length: 9\r\n\r\n'),
    );
    expect((await get()).body).toBe('2\r\nok\r\n');
  });

  it.each([
    ['HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n', 200],
    ['GET', 'HTTP/1.1 204 No Content\r\nX-A: b\r\n\r\n', 204],
    ['GET', 'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\nContent-Length: 500\r\n\r\n', 304],
  ])('without a body stay without one, and the connection goes on: %s %j', async (method, answer, status) => {
    await start(answering(answer));
    const one = await head(method);
    const { text } = await sendRaw(sidecar.proxy.ports.proxy, one + one);
    const answers = text.split(/(?=HTTP\/1\.1 )/);
    expect(answers).toHaveLength(2);
    for (const each of answers) {
      expect(each).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
      expect(each).toMatch(/\r\n\r\n$/);
      expect(each).not.toMatch(/transfer-encoding/i);
    }
    if (method === 'HEAD') expect(answers[0]).toMatch(/^content-length: 500$/im);
  });

  it('that only end with the connection are passed on to their end', async () => {
    await start(
      new RawUpstream((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nto the end')),
    );
    const response = await sidecar.visit('member', `${BASE}/x`);
    expect([response.status, await response.text()]).toEqual([200, 'to the end']);
  });

  it('may offer another protocol that nobody takes', async () => {
    await start(answering('HTTP/1.1 200 OK\r\nConnection: Upgrade\r\nUpgrade: h2,h2c\r\nContent-Length: 2\r\n\r\nok'));
    const { head: lines, status } = await get();
    expect(status).toBe(200);
    expect(lines).not.toMatch(/upgrade/i);
  });

  it.each([
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok!'],
    ['a length and chunks', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['no HTTP', 'SSH-2.0-OpenSSH\r\n\r\n'],
    ['another protocol unasked', 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n'],
    ['endless headers', `HTTP/1.1 200 OK\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`],
    ['a control byte in a header', 'HTTP/1.1 200 OK\r\nX-A: \x01\r\nContent-Length: 2\r\n\r\nok'],
  ])('that can be read in two ways or none become a 502: %s', async (_, answer) => {
    await start(answering(answer));
    const refused = await get();
    expect(refused.status).toBe(502);
    expect(JSON.parse(refused.body)).toMatchObject({ type: 'https://hallpass.dev/problems/upstream-failed' });
  });

  it.each([
    ['a length', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf'],
    ['chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n'],
  ])('that break off are seen to break off: %s', async (_, answer) => {
    await start(
      new RawUpstream((socket) => {
        socket.write(answer);
        setTimeout(() => socket.destroy(), 50);
      }),
    );
    const response = await sidecar.visit('member', `${BASE}/x`);
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
  });

  it('begin before their body does', async () => {
    let socket: Socket | null = null;
    await start(
      new RawUpstream((own) => {
        socket = own;
        own.write('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n');
      }),
    );
    const response = await sidecar.visit('member', `${BASE}/events`);
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    socket!.write('2\r\nok\r\n0\r\n\r\n');
    expect(await response.text()).toBe('ok');
  });

  it('wait for a client that does not read, and come whole when it does', async () => {
    const size = 64_000_000;
    let written = 0;
    await start(
      new RawUpstream((socket) => {
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`);
        const piece = Buffer.alloc(64_000, 'x');
        const more = (): void => {
          while (written < size) {
            written += piece.byteLength;
            if (!socket.write(piece)) {
              socket.once('drain', more);
              return;
            }
          }
        };
        more();
      }),
    );
    const token = await sidecar.tokenOf('member');
    const response = await new Promise<IncomingMessage>((resolve) => {
      httpRequest(`${sidecar.url}${BASE}/x`, { headers: { authorization: `Bearer ${token}` } }, resolve).end();
    });
    let before = -1;
    await waitUntil(
      'the upstream to be held',
      () => {
        const stands = written === before;
        before = written;
        return stands;
      },
      { everyMs: 200 },
    );
    expect(written).toBeLessThan(size / 2);
    let came = 0;
    for await (const chunk of response) came += (chunk as Buffer).byteLength;
    expect(came).toBe(size);
  });

  it('are left when their client goes, also one that never read', async () => {
    await start(new RawUpstream((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf')));
    const socket = connect(sidecar.proxy.ports.proxy, '127.0.0.1');
    socket.write(await head());
    await waitUntil('the request', () => upstream.open === 1);
    socket.destroy();
    await waitUntil('the upstream to be left', () => upstream.open === 0);
  });
});
