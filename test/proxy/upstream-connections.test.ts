import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { waitUntil } from '../support/wait-until.ts';
import { ended, grant, TEST_FACTS } from './support/facts.ts';
import { answering, RawUpstream } from './support/raw-upstream.ts';
import { routesTo, startSidecar, type TestSidecar } from './support/sidecar.ts';

const BASE = '/connections/aws-production';
const FACTS = [...TEST_FACTS, grant('grt_1', 'member', 'connection:aws-production')];
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

describe('connections to an upstream', () => {
  let sidecar: TestSidecar;
  let upstream: RawUpstream;
  afterEach(async () => {
    await sidecar.stop();
    await upstream.stop();
  });

  const start = async (raw: RawUpstream, options: { limits?: object; scheme?: string } = {}) => {
    upstream = raw;
    await upstream.start();
    const url = upstream.url.replace('http', options.scheme ?? 'http');
    sidecar = await startSidecar({ facts: FACTS, routes: routesTo(url), config: { limits: options.limits ?? {} } });
  };
  const visit = (method: string) =>
    sidecar.visit('member', `${BASE}/x`, method.startsWith('P') ? { method, body: 'hello' } : { method });

  const asked = (text = '') => text.match(/ HTTP\/1\.1\r\n/g)?.length ?? 0;
  /** The first request is answered, so that the second one goes over a connection that was kept; that one is closed. */
  const closing = (then: (socket: Socket, connection: number) => void) =>
    new RawUpstream((socket, text, connection) => {
      if (connection === 0 && asked(text) === 1) socket.write(OK);
      else then(socket, connection);
    });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('that close without an answer get no %s twice', async (method) => {
    await start(closing((socket) => socket.destroy()));
    expect((await visit('GET')).status).toBe(200);
    expect((await visit(method)).status).toBe(502);
    expect(upstream.received.map(asked)).toEqual([2]);
  });

  it.each(['GET', 'HEAD', 'OPTIONS'])(
    'that had been kept and close without an answer get a %s once more',
    async (method) => {
      await start(closing((socket, connection) => (connection === 0 ? socket.destroy() : socket.write(OK))));
      expect((await visit('GET')).status).toBe(200);
      expect((await visit(method)).status).toBe(200);
      expect(upstream.received.map(asked)).toEqual([2, 1]);
    },
  );

  it.each([
    ['destroy', (socket: Socket) => socket.destroy()],
    ['reset', (socket: Socket) => socket.resetAndDestroy()],
    ['end', (socket: Socket) => socket.end()],
  ])('that close again get nothing a third time: %s', async (_, close) => {
    await start(closing((socket) => close(socket)));
    expect((await visit('GET')).status).toBe(200);
    expect((await visit('GET')).status).toBe(502);
    expect(upstream.received.map(asked)).toEqual([2, 1]);
  });

  it('that are new and close without an answer get nothing twice', async () => {
    await start(new RawUpstream((socket) => socket.destroy()));
    expect((await visit('GET')).status).toBe(502);
    expect(upstream.received.map(asked)).toEqual([1]);
  });

  it('that close in the middle of an answer, or after an interim one, get nothing twice', async () => {
    for (const beginning of ['HTTP/1.1 2', 'HTTP/1.1 103 Early Hints\r\n\r\n']) {
      await start(closing((socket) => socket.end(beginning)));
      expect((await visit('GET')).status).toBe(200);
      expect((await visit('GET')).status).toBe(502);
      expect(upstream.received.map(asked)).toEqual([2]);
      if (beginning.endsWith('2')) {
        await sidecar.stop();
        await upstream.stop();
      }
    }
  });

  it('that break while they are idle are made again, for whatever is asked', async () => {
    const sockets: Socket[] = [];
    await start(
      new RawUpstream((socket, text) => {
        sockets.push(socket);
        if (text.endsWith('\r\n\r\n') || text.endsWith('hello')) socket.write(OK);
      }),
    );
    expect((await visit('GET')).status).toBe(200);
    for (const method of ['POST', 'GET', 'DELETE']) {
      const before = upstream.received.length;
      sockets.at(-1)!.resetAndDestroy();
      await waitUntil('the end', () => upstream.open === 0);
      expect((await visit(method)).status).toBe(200);
      expect(upstream.received).toHaveLength(before + 1);
    }
  });

  it('that the upstream has closed are made again', async () => {
    await start(
      new RawUpstream((socket, text) => {
        if (text.endsWith('\r\n\r\n') || text.endsWith('hello')) socket.end(OK);
      }),
    );
    for (const method of ['GET', 'POST', 'GET', 'POST']) expect((await visit(method)).status).toBe(200);
    expect(upstream.received).toHaveLength(4);
  });

  it('that the upstream wants closed are closed', async () => {
    await start(answering('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok'));
    for (let count = 0; count < 3; count += 1) expect(await (await visit('GET')).text()).toBe('ok');
    expect(upstream.received).toHaveLength(3);
    await waitUntil('all to be closed', () => upstream.open === 0);
  });

  it('are as many as are needed at once, and no request waits for another', async () => {
    await start(
      new RawUpstream((socket, _text, connection) => {
        if (connection === 19) socket.write(OK);
      }),
    );
    const waiting = Array.from({ length: 19 }, () => visit('GET').catch(() => null));
    await waitUntil('all to be asked', () => upstream.received.filter((text) => text !== '').length === 19);
    expect((await visit('GET')).status).toBe(200);
    sidecar.feed.change(ended('grt_1'));
    expect((await Promise.all(waiting)).every((answer) => answer === null)).toBe(true);
    await waitUntil('those that were cut to be closed', () => upstream.open <= 1);
  });

  it('that are not made in time end in a 504', async () => {
    // It takes the connection and never says its part of the TLS handshake.
    await start(new RawUpstream(() => {}), { scheme: 'https', limits: { upstream_connect_timeout_ms: 100 } });
    const answer = await visit('GET');
    expect(answer.status).toBe(504);
    expect(await answer.json()).toMatchObject({ type: 'https://hallpass.dev/problems/upstream-timeout' });
  });

  it('that stand still in the middle of an answer are left after the bound for bodies', async () => {
    await start(new RawUpstream((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf')), {
      limits: { upstream_body_timeout_ms: 150, upstream_timeout_ms: 60_000 },
    });
    for (const init of [{}, { method: 'POST', body: 'hello' }]) {
      const answer = await sidecar.visit('member', `${BASE}/x`, init);
      expect(answer.status).toBe(200);
      await expect(answer.text()).rejects.toThrow();
      await waitUntil('the upstream to be left', () => upstream.open === 0);
    }
  });

  it('that stand still before an answer are left after the bound for answers, however they were asked', async () => {
    await start(new RawUpstream(() => {}), { limits: { upstream_timeout_ms: 150, upload_first_byte_ms: 10 } });
    const chunks = new ReadableStream({
      start: (controller) => {
        controller.enqueue(new TextEncoder().encode('hello'));
        controller.close();
      },
    });
    const streamed = { method: 'POST', body: chunks, duplex: 'half' } as RequestInit;
    for (const init of [{}, { method: 'POST', body: 'hello' }, streamed]) {
      const answer = await sidecar.visit('member', `${BASE}/x`, init);
      expect(answer.status).toBe(504);
      await waitUntil('the upstream to be left', () => upstream.open === 0);
    }
    expect(await sidecar.metrics()).toContain('hallpass_proxy_upstream_failures_total{failure="timeout"} 3');
  });

  it('carry uploads and downloads that stand still for no longer than the idle bound', async () => {
    await start(new RawUpstream((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf')), {
      limits: { idle_timeout_ms: 200 },
    });
    const answer = await visit('GET');
    await expect(answer.text()).rejects.toThrow();
    await waitUntil('the upstream to be left', () => upstream.open === 0);
  });
});
