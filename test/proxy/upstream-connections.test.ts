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
    sidecar.visit('member', `${BASE}/x`, method === 'POST' ? { method, body: 'hello' } : { method });

  it.each(['GET', 'POST', 'DELETE'])('that close without an answer get no %s twice', async (method) => {
    await start(
      new RawUpstream((socket, text, connection) => {
        // The first request is answered, so that the second one goes over a connection that was kept.
        if (connection === 0 && text.match(/ HTTP\/1\.1\r\n/g)?.length === 1) socket.write(OK);
        else socket.destroy();
      }),
    );
    expect((await visit('GET')).status).toBe(200);
    expect((await visit(method)).status).toBe(502);
    expect(upstream.received).toHaveLength(1);
    expect(upstream.received[0]!.match(/ HTTP\/1\.1\r\n/g)).toHaveLength(2);
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

  it('carry uploads and downloads that stand still for no longer than the idle bound', async () => {
    await start(new RawUpstream((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf')), {
      limits: { idle_timeout_ms: 200 },
    });
    const answer = await visit('GET');
    await expect(answer.text()).rejects.toThrow();
    await waitUntil('the upstream to be left', () => upstream.open === 0);
  });
});
