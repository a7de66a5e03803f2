import { connect } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { waitUntil } from '../support/wait-until.ts';
import { OK, RawExchange } from './support/raw-exchange.ts';
import { RawUpstream } from './support/raw-upstream.ts';

/** What a client sends after its headers, and what of it reaches the upstream, byte by byte. */
describe('uploads', () => {
  const exchange = new RawExchange();
  afterEach(() => exchange.stop());

  const framing = (text: string) =>
    text
      .split('\r\n\r\n')[0]!
      .split('\r\n')
      .filter((line) => /^(content-length|transfer-encoding|expect|te|trailer):/i.test(line));

  it.each([
    ['GET', '', '', [], ''],
    ['GET', 'Content-Length: 0\r\n', '', [], ''],
    ['POST', '', '', ['content-length: 0'], ''],
    ['POST', 'Content-Length: 0\r\n', '', ['content-length: 0'], ''],
    ['POST', 'Content-Length: 5\r\n', 'hello', ['content-length: 5'], 'hello'],
    ['DELETE', 'Content-Length: 5\r\n', 'hello', ['content-length: 5'], 'hello'],
    ['GET', 'Content-Length: 5\r\n', 'hello', ['content-length: 5'], 'hello'],
    ['POST', 'Content-Length: 0005\r\n', 'hello', ['content-length: 5'], 'hello'],
    ['PUT', 'Expect: 100-continue\r\nContent-Length: 5\r\n', 'hello', ['content-length: 5'], 'hello'],
  ])('have one true length: %s %j', async (method, more, body, expected, sent) => {
    await exchange.start(new RawUpstream((socket, text) => text.endsWith(`\r\n\r\n${sent}`) && socket.write(OK)));
    const answer = await exchange.send(method, more, body);
    expect(answer.text).toMatch(/HTTP\/1\.1 200 OK/);
    expect(framing(exchange.upstream.received[0]!)).toEqual(expected);
    expect(exchange.upstream.received[0]!.split('\r\n\r\n')[1]).toBe(sent);
  });

  it('in chunks come in chunks while they last, without their trailers', async () => {
    await exchange.start(new RawUpstream((socket, text) => text.endsWith('0\r\n\r\n') && socket.write(OK)));
    const socket = connect(exchange.sidecar.proxy.ports.proxy, '127.0.0.1');
    socket.write(await exchange.head('POST', 'Transfer-Encoding: chunked\r\nTrailer: X-Hallpass-Subject\r\n'));
    socket.write('5\r\nhello\r\n');
    await waitUntil('the first chunk', () => exchange.upstream.received[0]?.includes('5\r\nhello'));
    socket.write('0\r\nX-Hallpass-Subject: owner\r\n\r\n');
    await waitUntil('the end', () => exchange.upstream.received[0]!.endsWith('0\r\n\r\n'));
    expect(framing(exchange.upstream.received[0]!)).toEqual(['transfer-encoding: chunked']);
    expect(exchange.upstream.received[0]).not.toContain('owner');
    socket.destroy();
  });

  it.each([
    ['Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'],
    ['Transfer-Encoding: chunked\r\nContent-Length: 5\r\n', '0\r\n\r\n'],
    ['Content-Length: 5\r\nContent-Length: 5\r\n', 'hello'],
    ['Content-Length: 5, 5\r\n', 'hello'],
    ['Transfer-Encoding: gzip, chunked\r\n', '0\r\n\r\n'],
    ['Connection: content-length\r\nContent-Length: 5\r\n', 'hello'],
  ])('that could be read in two ways never reach the upstream: %j', async (more, body) => {
    await exchange.start(new RawUpstream((socket) => socket.write(OK)));
    expect((await exchange.send('POST', more, body)).status).toBe(400);
    expect(exchange.upstream.received).toEqual([]);
  });

  it('may be answered before their first byte has come', async () => {
    await exchange.start(
      new RawUpstream((socket, text) => {
        if (text.includes('\r\n\r\n')) socket.end('HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno');
      }),
    );
    expect(await exchange.send('POST', 'Content-Length: 1000\r\n')).toMatchObject({ status: 413, body: 'no' });
    expect(await exchange.send('POST', 'Transfer-Encoding: chunked\r\n')).toMatchObject({ status: 413, body: 'no' });
    expect(framing(exchange.upstream.received[0]!)).toEqual(['content-length: 1000']);
    expect(framing(exchange.upstream.received[1]!)).toEqual(['transfer-encoding: chunked']);
  });

  it('may be answered in their middle; the rest is dropped and the connection goes on', async () => {
    await exchange.start(
      new RawUpstream((socket, text) => {
        if (text.includes('begin')) socket.write('HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno');
        else if (text.startsWith('GET')) socket.write(OK);
      }),
    );
    const socket = connect(exchange.sidecar.proxy.ports.proxy, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.write(`${await exchange.head('POST', 'Content-Length: 1000\r\n')}begin`);
    await waitUntil('the answer', () => text.includes('\r\n\r\nno'));
    expect(text).toMatch(/^HTTP\/1\.1 413 /);
    socket.write('x'.repeat(995) + (await exchange.head('GET', '')));
    await waitUntil('the next answer', () => text.includes('\r\n\r\nok'));
    expect(exchange.upstream.received[0]).not.toContain('xxx');
    socket.destroy();
  });

  it('that go on after their answer are dropped up to a bound, then cut', async () => {
    await exchange.start(
      new RawUpstream((socket, text) => {
        if (text.includes('begin')) socket.write('HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno');
      }),
      { refused_body_bytes: 1_000 },
    );
    const socket = connect(exchange.sidecar.proxy.ports.proxy, '127.0.0.1');
    let isOpen = true;
    socket.on('error', () => {});
    socket.on('close', () => (isOpen = false));
    socket.resume();
    socket.write(`${await exchange.head('POST', 'Transfer-Encoding: chunked\r\n')}5\r\nbegin\r\n`);
    const timer = setInterval(() => socket.write(`64\r\n${'x'.repeat(100)}\r\n`), 5);
    await waitUntil('the cut', () => !isOpen);
    clearInterval(timer);
    expect(exchange.upstream.received).toHaveLength(1);
  });

  it('wait for an upstream that does not read', async () => {
    await exchange.start(new RawUpstream((socket) => socket.pause()));
    const socket = connect(exchange.sidecar.proxy.ports.proxy, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(await exchange.head('POST', 'Content-Length: 64000000\r\n'));
    let written = 0;
    const piece = Buffer.alloc(64_000, 'x');
    const more = (): void => {
      while (written < 64_000_000) {
        written += piece.byteLength;
        if (!socket.write(piece)) {
          socket.once('drain', more);
          return;
        }
      }
    };
    more();
    let before = -1;
    await waitUntil(
      'the client to be held',
      () => {
        const stands = written === before;
        before = written;
        return stands;
      },
      { everyMs: 200 },
    );
    expect(written).toBeLessThan(32_000_000);
    socket.destroy();
  });

  it.each([
    ['with a length', 'Content-Length: 1000\r\n', 'begin'],
    ['in chunks', 'Transfer-Encoding: chunked\r\n', '5\r\nbegin\r\n'],
    ['not begun', 'Content-Length: 1000\r\n', ''],
  ])('of a client that goes are never ended for it: %s', async (_, more, body) => {
    await exchange.start(new RawUpstream(() => {}));
    const socket = connect(exchange.sidecar.proxy.ports.proxy, '127.0.0.1');
    socket.write((await exchange.head('POST', more)) + body);
    await waitUntil('the beginning', () => exchange.upstream.received[0]?.includes('\r\n\r\n'));
    socket.destroy();
    await waitUntil('the upstream to be left', () => exchange.upstream.open === 0);
    expect(exchange.upstream.received).toHaveLength(1);
    expect(exchange.upstream.received[0]).not.toMatch(/\r\n0\r\n/);
  });
});
