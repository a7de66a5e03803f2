import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { waitUntil } from '../support/wait-until.ts';
import { BASE, OK, RawExchange } from './support/raw-exchange.ts';
import { answering, RawUpstream } from './support/raw-upstream.ts';

/** Bodies in both directions while they last: backpressure, answers before the end of what is asked, interim answers. */
describe('streaming', () => {
  const exchange = new RawExchange();
  afterEach(() => exchange.stop());

  it('lets a call go on both ways at once, and end in trailers, as gRPC over HTTP/1.1 does', async () => {
    await exchange.start(
      new RawUpstream((socket, text) => {
        if (text.endsWith('one\r\n')) {
          socket.write(
            'HTTP/1.1 200 OK\r\nContent-Type: application/grpc\r\nTransfer-Encoding: chunked\r\nTrailer: grpc-status\r\n\r\n3\r\nONE\r\n',
          );
        } else if (text.endsWith('two\r\n')) socket.write('3\r\nTWO\r\n');
        else if (text.endsWith('0\r\n\r\n')) socket.write('0\r\ngrpc-status: 0\r\ngrpc-message: fine\r\n\r\n');
      }),
    );
    const { socket, text } = exchange.open();
    socket.write(
      await exchange.head('POST', 'Content-Type: application/grpc\r\nTE: trailers\r\nTransfer-Encoding: chunked\r\n'),
    );
    socket.write('3\r\none\r\n');
    await waitUntil('the first answer', () => text().includes('ONE'));
    socket.write('3\r\ntwo\r\n');
    await waitUntil('the second answer', () => text().includes('TWO'));
    socket.write('0\r\n\r\n');
    await waitUntil('the trailers', () => text().endsWith('0\r\ngrpc-status: 0\r\ngrpc-message: fine\r\n\r\n'));
    // The connection goes on.
    socket.write((await exchange.head('POST', 'Transfer-Encoding: chunked\r\n')) + '3\r\none\r\n');
    await waitUntil('the next answer', () => text().split('ONE').length === 3);
    socket.destroy();
    await waitUntil('the upstream to be left', () => exchange.upstream.open <= 1);
  });

  it.each([
    ['a length', 'Content-Length: 64000000\r\n', (piece: string) => piece],
    ['chunks', 'Transfer-Encoding: chunked\r\n', (piece: string) => `fa00\r\n${piece}\r\n`],
  ])(
    'holds a client back whose upstream does not read, in %s, and loses nothing',
    async (_, more, frame) => {
      let upstreamSocket: Socket | null = null;
      await exchange.start(
        new RawUpstream((socket, text) => {
          // Once, at the first byte.
          if (upstreamSocket === null) socket.pause();
          upstreamSocket ??= socket;
          if (text.length >= 64_000_000) socket.write(OK);
        }),
      );
      const { socket, text } = exchange.open();
      socket.write(await exchange.head('PUT', more));
      const piece = Buffer.from(frame('x'.repeat(64_000)));
      let written = 0;
      const write = (): void => {
        while (written < 1_000) {
          written += 1;
          if (!socket.write(piece)) {
            socket.once('drain', write);
            return;
          }
        }
        if (more.startsWith('T')) socket.write('0\r\n\r\n');
      };
      write();
      let before = -1;
      await waitUntil(
        'the client to be held',
        () => {
          const stands = upstreamSocket !== null && written === before;
          before = written;
          return stands;
        },
        { everyMs: 200 },
      );
      expect(written).toBeLessThan(500);
      upstreamSocket!.resume();
      await waitUntil('the answer', () => text().includes('\r\n\r\nok'), { timeoutMs: 60_000 });
      expect(exchange.upstream.received[0]!.split('\r\n\r\n').slice(1).join('').replaceAll(/[^x]/g, '')).toHaveLength(
        64_000_000,
      );
      socket.destroy();
    },
    90_000,
  );

  it('brings an answer whole whose upstream has closed by the time it is read', async () => {
    const size = 8_000_000;
    await exchange.start(
      new RawUpstream((socket, text) => {
        if (text.endsWith('0\r\n\r\n')) socket.end(`HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n${'x'.repeat(size)}`);
      }),
    );
    const authorization = `Bearer ${await exchange.sidecar.tokenOf('member')}`;
    const response = await new Promise<IncomingMessage>((resolve) => {
      const headers = { authorization, 'transfer-encoding': 'chunked' };
      httpRequest(`${exchange.sidecar.url}${BASE}/x`, { method: 'POST', headers }, resolve).end('hello');
    });
    await new Promise((resolve) => {
      setTimeout(resolve, 200);
    });
    let came = 0;
    for await (const chunk of response) came += (chunk as Buffer).byteLength;
    expect(came).toBe(size);
  });

  it('sends the headers of an upload ahead whose first byte is late, and its length with them', async () => {
    await exchange.start(new RawUpstream((socket, text) => text.endsWith('hello') && socket.write(OK)), {
      upload_first_byte_ms: 5,
    });
    const { socket, text } = exchange.open();
    socket.write(await exchange.head('PUT', 'Content-Length: 10\r\n'));
    await waitUntil('the headers', () => exchange.upstream.received[0]?.endsWith('\r\n\r\n'));
    expect(exchange.upstream.received[0]).toMatch(/^content-length: 10$/im);
    socket.write('hello');
    await waitUntil('the first piece', () => exchange.upstream.received[0]?.endsWith('\r\n\r\nhello'));
    socket.write('hello');
    await waitUntil('the answer', () => text().endsWith('\r\n\r\nok'));
    expect(await exchange.sidecar.metrics()).toContain('hallpass_proxy_uploads_total{kind="streamed"} 1');
    socket.destroy();
  });

  it('does not take a client that reads slowly for an upstream that stands still', async () => {
    const size = 32_000_000;
    await exchange.start(
      new RawUpstream((socket) =>
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n${'x'.repeat(size)}`),
      ),
      { upstream_body_timeout_ms: 100 },
    );
    const authorization = `Bearer ${await exchange.sidecar.tokenOf('member')}`;
    const response = await new Promise<IncomingMessage>((resolve) => {
      httpRequest(`${exchange.sidecar.url}${BASE}/x`, { headers: { authorization } }, resolve).end();
    });
    let came = 0;
    // Five times as long as an upstream may stand still.
    await new Promise((resolve) => {
      setTimeout(resolve, 500);
    });
    for await (const chunk of response) came += (chunk as Buffer).byteLength;
    expect(came).toBe(size);
  });

  it.each(['Content-Length: 1000\r\n', 'Transfer-Encoding: chunked\r\n'])(
    'answers 502 when the upstream goes in the middle of an upload, and sends nothing twice: %j',
    async (more) => {
      await exchange.start(new RawUpstream((socket, text) => text.includes('begin') && socket.destroy()));
      const { socket, text } = exchange.open();
      socket.write((await exchange.head('POST', more)) + (more.startsWith('T') ? '5\r\nbegin\r\n' : 'begin'));
      await waitUntil('the answer', () => text().startsWith('HTTP/1.1 502 '));
      expect(exchange.upstream.received).toHaveLength(1);
      socket.destroy();
    },
  );

  it('drops the rest of a body in chunks that is answered in its middle; the connection goes on', async () => {
    await exchange.start(
      new RawUpstream((socket, text) => {
        if (text.includes('begin')) socket.write('HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno');
        else if (text.startsWith('GET')) socket.write(OK);
      }),
    );
    const { socket, text } = exchange.open();
    socket.write(`${await exchange.head('POST', 'Transfer-Encoding: chunked\r\n')}5\r\nbegin\r\n`);
    await waitUntil('the answer', () => text().includes('\r\n\r\nno'));
    expect(text()).toMatch(/^HTTP\/1\.1 413 /);
    socket.write(`5\r\nxxxxx\r\n0\r\n\r\n${await exchange.head('GET', '')}`);
    await waitUntil('the next answer', () => text().includes('\r\n\r\nok'));
    expect(exchange.upstream.received[0]).not.toContain('xxx');
    socket.destroy();
  });

  it.each(['Content-Length: 5\r\n', 'Transfer-Encoding: chunked\r\n'])(
    'asks for a body only after the decision (Expect: 100-continue): %j',
    async (more) => {
      await exchange.start(
        new RawUpstream((socket, text) => /hello(?:\r\n0\r\n\r\n)?$/.test(text) && socket.write(OK)),
      );
      const refused = exchange.open();
      refused.socket.write(await exchange.head('POST', `Expect: 100-continue\r\n${more}`, 'member2'));
      await waitUntil('the denial', () => refused.text().includes('"reason"'));
      expect(refused.text()).toMatch(/^HTTP\/1\.1 403 /);
      expect(exchange.upstream.received).toEqual([]);
      refused.socket.destroy();
      const { socket, text } = exchange.open();
      socket.write(await exchange.head('POST', `Expect: 100-continue\r\n${more}`));
      await waitUntil('the go-ahead', () => text() === 'HTTP/1.1 100 Continue\r\n\r\n');
      socket.write(more.startsWith('T') ? '5\r\nhello\r\n0\r\n\r\n' : 'hello');
      await waitUntil('the answer', () => text().endsWith('\r\n\r\nok'));
      expect(exchange.upstream.received[0]).not.toMatch(/^expect:/im);
      socket.destroy();
    },
  );

  it('keeps interim answers from the client also while it uploads, and gives its own 100 once', async () => {
    const interim =
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n';
    await exchange.start(
      new RawUpstream((socket, text) => {
        if (text.endsWith('\r\n\r\n') && !text.includes('hello')) socket.write(interim);
        if (text.includes('hello')) socket.write(OK);
      }),
    );
    for (const expects of ['', 'Expect: 100-continue\r\n']) {
      const { socket, text } = exchange.open();
      socket.write(await exchange.head('POST', `${expects}Transfer-Encoding: chunked\r\n`));
      await waitUntil('the headers', () => exchange.upstream.received.at(-1)?.includes('\r\n\r\n'));
      socket.write('5\r\nhello\r\n0\r\n\r\n');
      await waitUntil('the answer', () => text().endsWith('\r\n\r\nok'));
      expect(text().match(/HTTP\/1\.1 \d+/g)).toEqual([...(expects === '' ? [] : ['HTTP/1.1 100']), 'HTTP/1.1 200']);
      socket.destroy();
    }
  });

  it('takes headers up to the bound in both directions, and not beyond', async () => {
    await exchange.start(answering(`HTTP/1.1 200 OK\r\nX-Long: ${'y'.repeat(7_000)}\r\nContent-Length: 2\r\n\r\nok`), {
      header_bytes: 8_192,
    });
    const fits = await exchange.send('GET', `X-Long: ${'x'.repeat(6_500)}\r\n`);
    expect(fits.status).toBe(200);
    expect(fits.head).toContain('y'.repeat(7_000));
    expect(exchange.upstream.received[0]).toContain('x'.repeat(6_500));
    const refused = await exchange.send('GET', `X-Long: ${'x'.repeat(8_192)}\r\n`);
    expect(refused.status).toBe(431);
    expect(exchange.upstream.received.join('')).not.toContain('x'.repeat(8_000));
  });

  it('counts how uploads were carried', async () => {
    await exchange.start(new RawUpstream((socket, text) => /hello(?:\r\n0\r\n\r\n)?$/.test(text) && socket.write(OK)), {
      upload_first_byte_ms: 5_000,
    });
    expect((await exchange.send('POST', 'Content-Length: 5\r\n', 'hello')).status).toBe(200);
    expect((await exchange.send('POST', 'Transfer-Encoding: chunked\r\n', '5\r\nhello\r\n0\r\n\r\n')).status).toBe(200);
    const metrics = await exchange.sidecar.metrics();
    expect(metrics).toContain('hallpass_proxy_uploads_total{kind="sized"} 1');
    expect(metrics).toContain('hallpass_proxy_uploads_total{kind="streamed"} 1');
  });
});
