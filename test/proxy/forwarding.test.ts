import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { Writable } from 'node:stream';
import { afterEach, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { waitUntil } from '../support/wait-until.ts';
import { grant, TEST_FACTS } from './support/facts.ts';
import { sendRaw } from './support/raw-http.ts';
import { routesTo, startSidecar, type TestSidecar } from './support/sidecar.ts';

const BASE = '/connections/aws-production';
const FACTS = [...TEST_FACTS, grant('grt_1', 'member', 'connection:aws-production')];

describe('forwarding', () => {
  let sidecar: TestSidecar;
  afterEach(() => sidecar.stop());

  it('streams a large upload without keeping it, with its length', async () => {
    sidecar = await startSidecar({ facts: FACTS });
    const body = Buffer.alloc(20_000_000, 'x');
    const answer = await sidecar.visit('member', `${BASE}/upload`, { method: 'PUT', body });
    expect(answer.status).toBe(200);
    expect(sidecar.upstream.uploaded).toBe(body.byteLength);
    expect(sidecar.upstream.last.headers['content-length']).toBe(String(body.byteLength));
  });

  it('answers 502 when nobody is there, with the evaluation id and nothing of the inside', async () => {
    sidecar = await startSidecar({ facts: FACTS, routes: routesTo('http://127.0.0.1:1') });
    const answer = await sidecar.visit('member', `${BASE}/echo`);
    const text = await answer.text();
    expect(answer.status).toBe(502);
    expect(JSON.parse(text)).toEqual({
      type: 'https://hallpass.dev/problems/upstream-failed',
      title: 'Upstream failed',
      status: 502,
      detail: 'The service behind this address could not be reached.',
      evaluation_id: expect.stringMatching(/^ev_/),
    });
    const upgrade = await sendRaw(
      sidecar.proxy.ports.proxy,
      `GET ${BASE}/ws HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${await sidecar.tokenOf('member')}\r\n` +
        'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    expect(upgrade.status).toBe(502);
    expect(await sidecar.metrics()).toContain('hallpass_proxy_upstream_failures_total{failure="unreachable"} 2');
  });

  it('answers 504 when the upstream takes too long, and lets go of it', async () => {
    sidecar = await startSidecar({
      facts: FACTS,
      config: { limits: { upstream_timeout_ms: 200, feed_reconnect_min_ms: 10 } },
    });
    const answer = await sidecar.visit('member', `${BASE}/never`);
    expect(answer.status).toBe(504);
    expect(await answer.json()).toMatchObject({ type: 'https://hallpass.dev/problems/upstream-timeout' });
    await waitUntil('nothing in flight', async () =>
      (await sidecar.metrics()).includes('live_connections{kind="request"} 0'),
    );
  });

  it('does not take an upload that goes on for an upstream that takes too long', async () => {
    sidecar = await startSidecar({ facts: FACTS, config: { limits: { upstream_timeout_ms: 150 } } });
    const request = httpRequest(`${sidecar.url}${BASE}/upload`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await sidecar.tokenOf('member')}` },
    });
    const status = new Promise<number>((resolve, reject) => {
      request.on('response', (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      request.on('error', reject);
    });
    let pieces = 0;
    await new Promise<void>((resolve) => {
      const timer = setInterval(() => {
        request.write('piece');
        pieces += 1;
        if (pieces < 12) return;
        clearInterval(timer);
        resolve();
      }, 50);
    });
    request.end();
    expect(await status).toBe(200);
    expect(sidecar.upstream.uploaded).toBe(60);
  });

  it('lets go of the upstream when the client goes', async () => {
    sidecar = await startSidecar({ facts: FACTS });
    const socket = connect(sidecar.proxy.ports.proxy, '127.0.0.1');
    socket.write(
      `GET ${BASE}/slow HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${await sidecar.tokenOf('member')}\r\n\r\n`,
    );
    await waitUntil('the download', () => sidecar.upstream.open === 1);
    socket.destroy();
    await waitUntil('the upstream to be left', () => sidecar.upstream.open === 0);
  });

  it('ends a connection that is silent for too long', async () => {
    sidecar = await startSidecar({
      facts: FACTS,
      config: { limits: { idle_timeout_ms: 200, upstream_timeout_ms: 60_000 } },
    });
    await expect(sidecar.visit('member', `${BASE}/never`)).rejects.toThrow();
  });

  it('refuses headers that take too long', async () => {
    sidecar = await startSidecar({ facts: FACTS, config: { limits: { headers_timeout_ms: 300 } } });
    const answer = await sendRaw(sidecar.proxy.ports.proxy, `GET ${BASE}/echo HTTP/1.1\r\nHost: x\r\nX-Slow: `);
    expect(answer.status).toBe(408);
  });

  it('keeps its connection to the upstream from one request to the next', async () => {
    sidecar = await startSidecar({ facts: FACTS });
    for (let count = 0; count < 10; count += 1) {
      expect(await (await sidecar.visit('member', `${BASE}/echo`)).json()).toMatchObject({ url: '/echo' });
    }
    expect(sidecar.upstream.connections).toBe(1);
  });

  it('keeps hop-by-hop headers of the upstream and cookies like ours from the client', async () => {
    sidecar = await startSidecar({ facts: FACTS });
    const answer = await sidecar.visit('member', `${BASE}/echo`);
    expect(answer.headers.get('keep-alive')).not.toBe('timeout=5');
    expect(answer.headers.getSetCookie()).toEqual(['app=1; Path=/']);
  });

  it('answers HEAD with the headers of a GET and no body, also a denied one', async () => {
    sidecar = await startSidecar({ facts: FACTS });
    const allowed = await sidecar.visit('member', `${BASE}/echo`, { method: 'HEAD' });
    expect([allowed.status, await allowed.text()]).toEqual([200, '']);
    const denied = await sidecar.visit('member2', `${BASE}/echo`, { method: 'HEAD' });
    expect([denied.status, await denied.text()]).toEqual([403, '']);
    expect(Number(denied.headers.get('content-length'))).toBeGreaterThan(100);
  });

  it('goes by the settings of the route', async () => {
    sidecar = await startSidecar({ facts: FACTS, unready: true, routes: routesTo('http://127.0.0.1:1') });
    const { upstream } = sidecar;
    const second = await startSidecar({
      facts: FACTS,
      routes: [
        {
          path: '/',
          host: 'app.example.com',
          resource: 'connection:aws-production',
          upstream: upstream.url,
          strip_prefix: false,
          preserve_host: true,
          forward_authorization: true,
          actions: { GET: 'admin', POST: 'read' },
        },
      ],
    });
    try {
      const token = await second.tokenOf('member');
      const send = (method: string) =>
        sendRaw(
          second.proxy.ports.proxy,
          `${method} /deep/path HTTP/1.1\r\nHost: App.example.com:8080\r\nAuthorization: Bearer ${token}\r\nContent-Length: 0\r\n\r\n`,
        );
      expect((await send('POST')).status).toBe(200);
      expect(upstream.last).toMatchObject({
        url: '/deep/path',
        headers: {
          host: 'App.example.com:8080',
          authorization: `Bearer ${token}`,
          'x-forwarded-host': 'app.example.com',
        },
      });
      const denied = await send('GET');
      expect(denied.status).toBe(403);
      expect(JSON.parse(denied.body)).toMatchObject({
        action: 'admin',
        access_request: { form_url: expect.stringContaining(encodeURIComponent('http://app.example.com/deep/path')) },
      });
      expect((await second.visit('member', '/deep/path')).status).toBe(404);
    } finally {
      await second.stop();
    }
  });

  it('logs each decision in one line that holds no token, query, path or cookie', async () => {
    const lines: string[] = [];
    const sink = new Writable({
      write(chunk: Buffer, _encoding, done) {
        lines.push(chunk.toString());
        done();
      },
    });
    sidecar = await startSidecar({ facts: FACTS, logger: pino({ level: 'trace' }, sink) });
    const token = await sidecar.tokenOf('member');
    await sidecar.visit(null, `${BASE}/secret-path?secret-query=1`, {
      headers: { authorization: `Bearer ${token}`, cookie: 'secret-cookie=1' },
    });
    const denied = await sidecar.visit('member2', `${BASE}/secret-path?secret-query=1`);
    const { evaluation_id: id } = (await denied.json()) as { evaluation_id: string };
    await waitUntil('both lines', () => lines.filter((line) => line.includes('"msg":"decision"')).length === 2);
    const decisions = lines.filter((line) => line.includes('"msg":"decision"')).map((line) => JSON.parse(line));
    expect(decisions[0]).toMatchObject({
      allow: true,
      reason: 'granted-resource',
      subject: 'per_member',
      resource: 'connection:aws-production',
      action: 'read',
      grants: ['grt_1'],
      policy_revision: expect.any(String),
      duration_ms: expect.any(Number),
    });
    expect(decisions[1]).toMatchObject({ allow: false, reason: 'no-grant', evaluation_id: id });
    // With the whole input, and so the path, at level debug only: that is what OPA's decision log is.
    const logged = lines.filter((line) => !line.includes('"msg":"Decision Log"'));
    expect(logged.join('')).not.toMatch(/secret-/);
    expect(lines.join('')).not.toMatch(/secret-(?:query|cookie)/);
    expect(lines.join('')).not.toContain(token);
  });
});
