import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { waitUntil } from '../support/wait-until.ts';
import { CLOSED, fillIn, OPEN } from './attack-vectors/wire-vector.ts';
import { grant, TEST_FACTS } from './support/facts.ts';
import { startSidecar, type TestSidecar } from './support/sidecar.ts';

interface Client {
  readonly socket: Socket;
  readonly text: () => string;
  readonly isClosed: () => boolean;
}

/** Slowloris and kin: nobody holds anything for longer than a bound by sending, or reading, slowly or not at all. */
describe('a client that takes its time', () => {
  let sidecar: TestSidecar;
  let credentials: string;
  let clients: Socket[] = [];
  afterEach(async () => {
    for (const socket of clients) socket.destroy();
    clients = [];
    await sidecar.stop();
  });

  const start = async (limits: object) => {
    const facts = [...TEST_FACTS, grant('grt_1', 'member', 'connection:aws-staging')];
    sidecar = await startSidecar({ facts, config: { limits: { shutdown_grace_ms: 50, ...limits } } });
    credentials = `Authorization: Bearer ${await sidecar.tokenOf('member')}\r\n`;
  };
  /** The first request of all fetches keys and compiles; a short bound on silence would end that, too. */
  const warmUp = async () => {
    await waitUntil('a first answer', async () => (await sidecar.visit('member', `${OPEN}/warm`)).status === 200);
    sidecar.upstream.requests.length = 1;
  };
  const open = (bytes = '', options: { allowHalfOpen?: boolean } = {}): Client => {
    const socket = connect({ port: sidecar.proxy.ports.proxy, host: '127.0.0.1', ...options });
    clients.push(socket);
    let text = '';
    let isClosed = false;
    socket.on('error', () => {});
    socket.on('close', () => (isClosed = true));
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
    if (bytes !== '') socket.write(fillIn(bytes, credentials));
    return { socket, text: () => text, isClosed: () => isClosed };
  };
  /** A byte every few milliseconds, for as long as somebody takes them. */
  const drip = async (client: Client, byte: string) => {
    while (!client.isClosed() && client.socket.writable) {
      client.socket.write(byte);
      await delay(20);
    }
  };

  it.each([
    ['says nothing at all', '', ''],
    ['drips its request line', `GET ${OPEN}/`, 'a'],
    ['drips a header', `GET ${OPEN}/x HTTP/1.1\r\nX-A: `, 'b'],
    ['drips white space before a value', `GET ${OPEN}/x HTTP/1.1\r\nX-A:`, ' '],
    ['drips empty lines before its request', '', '\r\n'],
  ])('is left when it %s', async (_name, bytes, byte) => {
    await start({ headers_timeout_ms: 300 });
    const client = open(bytes);
    if (byte === '') await waitUntil('the end', () => client.isClosed());
    else await drip(client, byte);
    expect(client.isClosed() || !client.socket.writable).toBe(true);
    expect(client.text()).toMatch(/^(HTTP\/1\.1 408 |$)/);
    expect(sidecar.upstream.connections).toBe(0);
  });

  it('is left when it drips the body of what was denied', async () => {
    await start({ refused_body_timeout_ms: 300 });
    const client = open(`POST ${CLOSED}/x HTTP/1.1\r\n★Content-Length: 60000\r\n\r\n`);
    await drip(client, 'x');
    expect(client.text()).toMatch(/^HTTP\/1\.1 403 /);
    expect(sidecar.upstream.connections).toBe(0);
  });

  it('keeps its connection when it brings the body of what was denied in time', async () => {
    await start({ refused_body_timeout_ms: 300 });
    const client = open(`POST ${CLOSED}/x HTTP/1.1\r\n★Content-Length: 5\r\n\r\nhe`);
    await waitUntil('the answer', () => client.text().includes(' 403 '));
    client.socket.write('llo');
    client.socket.write(fillIn(`GET ${OPEN}/x HTTP/1.1\r\n★\r\n`, credentials));
    await waitUntil('the next answer', () => client.text().includes(' 200 '));
    await delay(400);
    expect(client.isClosed()).toBe(false);
  });

  it.each([
    ['stops in the middle of an upload', `POST ${OPEN}/upload HTTP/1.1\r\n★Content-Length: 100\r\n\r\nhalf`],
    ['stops in the middle of a chunk', `POST ${OPEN}/upload HTTP/1.1\r\n★Transfer-Encoding: chunked\r\n\r\n64\r\nhalf`],
    ['stops before its body', `POST ${OPEN}/upload HTTP/1.1\r\n★Content-Length: 100\r\n\r\n`],
  ])('is left, and the upstream too, when it %s', async (_name, bytes) => {
    await start({ idle_timeout_ms: 600 });
    await warmUp();
    const client = open(bytes);
    await waitUntil('the upstream', () => sidecar.upstream.requests.length === 2);
    await waitUntil('both ends', () => client.isClosed() && sidecar.upstream.open === 0);
  });

  it('is left, and the upstream too, when it does not read', async () => {
    await start({ idle_timeout_ms: 600 });
    await warmUp();
    const client = open(`GET ${OPEN}/flood HTTP/1.1\r\n★\r\n`);
    await waitUntil('a beginning', () => client.text() !== '');
    client.socket.pause();
    await waitUntil('the upstream to be left', () => sidecar.upstream.open === 0);
    client.socket.resume();
    await waitUntil('the end', () => client.isClosed());
  });

  it.each([
    ['a request that waits', `GET ${OPEN}/never HTTP/1.1\r\n★\r\n`],
    ['a download', `GET ${OPEN}/slow HTTP/1.1\r\n★\r\n`],
    ['an upload', `POST ${OPEN}/upload HTTP/1.1\r\n★Content-Length: 100\r\n\r\nhalf`],
  ])('that half-closes in the middle of %s has gone', async (_name, bytes) => {
    await start({});
    const client = open(bytes, { allowHalfOpen: true });
    await waitUntil('the upstream', () => sidecar.upstream.open === 1);
    client.socket.end();
    await waitUntil('the upstream to be left', () => sidecar.upstream.open === 0);
    await waitUntil('no trace', async () => (await sidecar.metrics()).includes('live_connections{kind="request"} 0'));
  });

  it.each([
    ['a request that waits', `GET ${OPEN}/never HTTP/1.1\r\n★\r\n`],
    ['a download', `GET ${OPEN}/slow HTTP/1.1\r\n★\r\n`],
    ['an upload', `POST ${OPEN}/upload HTTP/1.1\r\n★Content-Length: 100\r\n\r\nhalf`],
    ['an upload not begun', `POST ${OPEN}/upload HTTP/1.1\r\n★Content-Length: 100\r\n\r\n`],
  ])('that resets in the middle of %s has gone', async (_name, bytes) => {
    await start({});
    const client = open(bytes);
    await waitUntil('the upstream', () => sidecar.upstream.open === 1);
    client.socket.resetAndDestroy();
    await waitUntil('the upstream to be left', () => sidecar.upstream.open === 0);
  });

  it('is one of no more than may be connected', async () => {
    await start({ connections: 3 });
    const held = [open(), open(), open()];
    await waitUntil('them', () => held.every(({ socket }) => !socket.connecting));
    const more = open(`GET ${OPEN}/x HTTP/1.1\r\n★\r\n`);
    await waitUntil('the end', () => more.isClosed());
    expect([more.text(), sidecar.upstream.connections]).toEqual(['', 0]);
    held[0]!.socket.destroy();
    await waitUntil('room', async () => (await sidecar.visit('member', `${OPEN}/x`).catch(() => null))?.status === 200);
  });
});
