import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { waitUntil } from '../support/wait-until.ts';
import { ended, grant, TEST_FACTS } from './support/facts.ts';
import { sendRaw } from './support/raw-http.ts';
import { RawUpstream } from './support/raw-upstream.ts';
import { openTunnel } from './support/open-connections.ts';
import { routesTo, startSidecar, type TestSidecar } from './support/sidecar.ts';

const BASE = '/connections/aws-production';
const KEY = 'connection:aws-production';

describe('upgrades', () => {
  let sidecar: TestSidecar;
  afterEach(() => sidecar.stop());

  const handshake = (path: string, headers: string) =>
    `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
    `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${headers}\r\n`;
  const bearer = async (name: string) => `Authorization: Bearer ${await sidecar.tokenOf(name)}\r\n`;
  const raw = (bytes: string) => sendRaw(sidecar.proxy.ports.proxy, bytes);

  it('are refused with the whole denial before the upstream is touched', async () => {
    sidecar = await startSidecar();
    const answer = await raw(handshake(`${BASE}/ws`, await bearer('member')));
    expect(answer.status).toBe(403);
    expect(answer.head).toMatch(/link: <http:\/\/console\.example\.com\/access-requests\/new\?/i);
    expect(JSON.parse(answer.body)).toMatchObject({
      reason: 'no-grant',
      action: 'connect',
      access_request: { form_url: expect.not.stringContaining('#') },
    });
    expect((await raw(handshake(`${BASE}/ws`, ''))).status).toBe(401);
    expect((await raw(handshake('/connections/payroll/ws', await bearer('member')))).status).toBe(404);
    expect((await raw(handshake(`${BASE}/../x`, await bearer('member')))).status).toBe(400);
    expect(sidecar.upstream.connections).toBe(0);
  });

  it('need the role that connecting takes, also where reading is allowed', async () => {
    sidecar = await startSidecar({ facts: [...TEST_FACTS, grant('grt_1', 'viewer', KEY)] });
    expect((await sidecar.visit('viewer', `${BASE}/echo`)).status).toBe(200);
    const before = sidecar.upstream.requests.length;
    expect((await raw(handshake(`${BASE}/ws`, await bearer('viewer')))).status).toBe(403);
    // Also after an ordinary request has shown the server to everybody who might listen on it.
    expect(sidecar.upstream.requests.length).toBe(before);
  });

  it.each([
    ['a body', 'Content-Length: 5\r\n'],
    ['a chunked body', 'Transfer-Encoding: chunked\r\n'],
    ['a nominated key', 'Connection: Sec-WebSocket-Key\r\n'],
    ['two Upgrades', 'Upgrade: websocket\r\n'],
  ])('are refused with %s', async (_name, headers) => {
    sidecar = await startSidecar({ facts: [...TEST_FACTS, grant('grt_1', 'member', KEY)] });
    const answer = await raw(handshake(`${BASE}/ws`, (await bearer('member')) + headers));
    expect([0, 400]).toContain(answer.status);
    expect(sidecar.upstream.connections).toBe(0);
  });

  it('pass on the answer of an upstream that does not want them, and survive one that cheats', async () => {
    sidecar = await startSidecar({ facts: [...TEST_FACTS, grant('grt_1', 'member', KEY)] });
    const refused = await raw(handshake(`${BASE}/refuse`, await bearer('member')));
    expect([refused.status, refused.body]).toEqual([418, 'no.']);
    const cheated = await raw(handshake(`${BASE}/other-protocol`, await bearer('member')));
    expect(cheated.status).not.toBe(101);
    await waitUntil('nothing to be left', async () =>
      (await sidecar.metrics()).includes('live_connections{kind="upgrade"} 0'),
    );
  });

  it('carry frames of every size both ways', async () => {
    sidecar = await startSidecar({ facts: [...TEST_FACTS, grant('grt_1', 'member', KEY)] });
    const token = await sidecar.tokenOf('member');
    const socket = new WebSocket(`${sidecar.url.replace('http', 'ws')}${BASE}/ws`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const echoed: string[] = [];
    socket.on('message', (data: Buffer) => {
      if (data.toString() !== 'tick') echoed.push(data.toString());
    });
    await new Promise((resolve) => socket.once('open', resolve));
    const sent = [0, 1, 125, 126, 65_535, 65_536, 300_000].map((size) => 'x'.repeat(size));
    for (const text of sent) socket.send(text);
    await waitUntil('all of them back', () => echoed.length === sent.length);
    expect(echoed.map((text) => text.length)).toEqual(sent.map((text) => text.length));
    const closed = new Promise<number>((resolve) => socket.once('close', resolve));
    sidecar.feed.change(ended('grt_1'));
    expect(await closed).toBe(1008);
  });

  describe('to bytes', () => {
    const tunnels = (url: string) =>
      routesTo(url).map((route) => ({ ...route, upgrades: route.path === BASE ? ['TCP'] : ['websocket'] }));
    const asking = async (path: string, more = '') =>
      `POST ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n${await bearer('member')}${more}\r\n`;
    const start = async () => {
      const facts = [...TEST_FACTS, grant('grt_1', 'member', KEY), grant('grt_2', 'member', 'connection:aws-staging')];
      sidecar = await startSidecar({ facts, routes: tunnels });
    };

    it('pass them both ways, from those behind the headers to those after the end of the other side', async () => {
      await start();
      const tunnel = await openTunnel(`${sidecar.url}${BASE}/tunnel`, await sidecar.tokenOf('member'), 'first ');
      tunnel.write('second ');
      await waitUntil('all of it back', () => /first [^]*second /.test(tunnel.text()));
      expect(tunnel.text()).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n[^]*x-tunnel: yes\r\n/);
      expect(sidecar.upstream.last).toMatchObject({
        method: 'POST',
        url: '/tunnel',
        headers: { upgrade: 'TCP', connection: 'Upgrade', 'x-hallpass-subject': 'per_member' },
      });
      expect(sidecar.upstream.last.headers.authorization).toBeUndefined();
      tunnel.end();
      await waitUntil('the last bytes', () => tunnel.text().endsWith('the end'));
      await waitUntil('the end', () => !tunnel.isOpen());
    });

    it('are cut with both ends when access ends', async () => {
      await start();
      const tunnel = await openTunnel(`${sidecar.url}${BASE}/tunnel`, await sidecar.tokenOf('member'));
      sidecar.feed.change(ended('grt_1'));
      await waitUntil('the cut', () => !tunnel.isOpen() && sidecar.upstream.open === 0);
    });

    it('are refused where the route names no such protocol, and with the whole denial where nobody gave access', async () => {
      await start();
      const elsewhere = await raw(await asking('/connections/aws-staging/tunnel'));
      expect([elsewhere.status, JSON.parse(elsewhere.body).reason]).toEqual([403, 'action-not-permitted']);
      expect((await raw(handshake(`${BASE}/ws`, await bearer('member')))).status).toBe(403);
      sidecar.feed.change(ended('grt_1'));
      await waitUntil('the report', () => sidecar.feed.applied.at(-1) === 1);
      const denied = await raw(await asking(`${BASE}/tunnel`));
      expect([denied.status, JSON.parse(denied.body).reason]).toEqual([403, 'no-grant']);
      expect(sidecar.upstream.connections).toBe(0);
    });

    it.each([
      ['a body', 'Content-Length: 5\r\n', 'POST'],
      ['a chunked body', 'Transfer-Encoding: chunked\r\n', 'POST'],
      ['another method', '', 'PUT'],
      ['a list of protocols', 'Upgrade: websocket\r\n', 'POST'],
    ])('are refused with %s', async (_name, more, method) => {
      await start();
      const answer = await raw((await asking(`${BASE}/tunnel`, more)).replace('POST', method));
      expect([0, 400]).toContain(answer.status);
      expect(sidecar.upstream.connections).toBe(0);
    });

    it('pass on the answer of an upstream that does not want them, and survive one that cheats or is gone', async () => {
      await start();
      const refused = await raw(await asking(`${BASE}/refuse`));
      expect([refused.status, refused.body]).toEqual([418, 'no.']);
      // A body in chunks, however empty, would be the first bytes of the tunnel.
      expect(sidecar.upstream.last.headers).toMatchObject({ 'content-length': '0' });
      expect(sidecar.upstream.last.headers['transfer-encoding']).toBeUndefined();
      const cheated = await raw(await asking(`${BASE}/other-protocol`));
      expect(cheated.status).toBe(502);
      const plain = await raw(await asking(`${BASE}/echo`, 'X-Plain: 1\r\n'));
      expect(plain.head).not.toMatch(/hallpass_token/);
      await waitUntil('nothing to be left', async () =>
        (await sidecar.metrics()).includes('live_connections{kind="upgrade"} 0'),
      );
      await sidecar.upstream.stop();
      expect((await raw(await asking(`${BASE}/tunnel`))).status).toBe(502);
    });

    it.each(['h2c', 'HTTP/2.0', 'TLS/1.0', 'h2', 'https', 'a b', ''])(
      'can not be to %j, which the setting refuses',
      async (name) => {
        sidecar = await startSidecar();
        const routes = [{ path: '/', resource: KEY, upstream: 'http://127.0.0.1:1', upgrades: [name] }];
        await expect(startSidecar({ routes })).rejects.toThrow(/upgrades/);
      },
    );
  });

  it.each(['websocket', 'tcp'])(
    'to %s put nothing of ours into the middle of an answer that breaks off',
    async (protocol) => {
      const answering: Socket[] = [];
      const upstream = new RawUpstream((socket) => {
        answering.push(socket);
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf');
      });
      await upstream.start();
      const facts = [...TEST_FACTS, grant('grt_1', 'member', KEY)];
      const routes = routesTo(upstream.url).map((route) => ({ ...route, upgrades: [protocol] }));
      sidecar = await startSidecar({ facts, routes });
      const client = connect(sidecar.proxy.ports.proxy, '127.0.0.1');
      let text = '';
      let isClosed = false;
      client.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
      client.on('error', () => {});
      client.on('close', () => (isClosed = true));
      client.write(
        handshake(`${BASE}/x`, await bearer('member')).replace('Upgrade: websocket', `Upgrade: ${protocol}`),
      );
      await waitUntil('a part of the answer', () => text.endsWith('half'));
      answering[0]!.resetAndDestroy();
      await waitUntil('the end', () => isClosed);
      expect(text.endsWith('half')).toBe(true);
      await upstream.stop();
    },
  );

  it('end at the upstream too when the client does not care', async () => {
    sidecar = await startSidecar({ facts: [...TEST_FACTS, grant('grt_1', 'member', KEY)] });
    // Half open on purpose: it answers neither the close frame nor the end of the other side.
    const socket = connect({ port: sidecar.proxy.ports.proxy, host: '127.0.0.1', allowHalfOpen: true });
    let received = Buffer.alloc(0);
    let isClosed = false;
    socket.on('data', (chunk) => (received = Buffer.concat([received, chunk])));
    socket.on('close', () => (isClosed = true));
    socket.on('error', () => {});
    socket.write(handshake(`${BASE}/ws`, await bearer('member')));
    await waitUntil('frames', () => received.includes('tick'));
    sidecar.feed.change(ended('grt_1'));
    // Before the second is over after which the client, too, is dropped: the upstream must not depend on it.
    await waitUntil('the upstream to be left', () => sidecar.upstream.open === 0, { timeoutMs: 900, everyMs: 5 });
    expect(isClosed).toBe(false);
    await waitUntil('the close frame', () => received.includes(Buffer.from('grant-revoked')));
    socket.destroy();
  });
});
