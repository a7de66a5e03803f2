import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { waitUntil } from '../support/wait-until.ts';
import { CLOSED, fillIn, OPEN } from './attack-vectors/wire-vector.ts';
import { grant, TEST_FACTS } from './support/facts.ts';
import { routesTo, startSidecar, type TestSidecar } from './support/sidecar.ts';
import { talk } from './support/wire-client.ts';
import { WireUpstream } from './support/wire-upstream.ts';

const UPGRADE =
  'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';

describe('many requests on one connection', () => {
  let sidecar: TestSidecar;
  let upstream: WireUpstream;
  let credentials: string;
  let port: number;
  beforeAll(async () => {
    upstream = new WireUpstream();
    await upstream.start();
    const facts = [...TEST_FACTS, grant('grt_1', 'member', 'connection:aws-staging')];
    sidecar = await startSidecar({ facts, routes: routesTo(upstream.url) });
    credentials = `Authorization: Bearer ${await sidecar.tokenOf('member')}\r\n`;
    port = sidecar.proxy.ports.proxy;
    await send(`GET ${OPEN}/warm HTTP/1.1\r\n★\r\n`, 1);
  });
  beforeEach(() => upstream.forget());
  afterAll(async () => {
    await sidecar.stop();
    await upstream.stop();
  });
  const send = (bytes: string, answers?: number) =>
    talk(port, fillIn(bytes, credentials), answers === undefined ? {} : { answers });
  const lines = () => upstream.requests.map(({ start }) => start.replace(' HTTP/1.1', ''));
  const get = (path: string, more = '') => `GET ${path} HTTP/1.1\r\n★${more}\r\n`;

  it('are answered one by one, in order, over one connection to the upstream', async () => {
    const paths = Array.from({ length: 60 }, (_, index) => `/${index}`);
    const { answers } = await send(paths.map((path) => get(OPEN + path)).join(''), paths.length);
    expect(answers.map(({ body }) => body)).toEqual(paths.map((path) => `GET ${path} HTTP/1.1`));
    expect(upstream.connections.filter(({ reader }) => reader.messages.length > 0)).toHaveLength(1);
    expect(lines()).toEqual(paths.map((path) => `GET ${path}`));
  });

  it('never overtake a write', async () => {
    const post = (path: string) => `POST ${OPEN}${path} HTTP/1.1\r\n★Content-Length: 5\r\n\r\nhello`;
    const { statuses } = await send(post('/1') + get(`${OPEN}/2`) + post('/3') + get(`${OPEN}/4`), 4);
    expect(statuses).toEqual([200, 200, 200, 200]);
    expect(lines()).toEqual(['POST /1', 'GET /2', 'POST /3', 'GET /4']);
  });

  it('are no more than the bound', async () => {
    const { isClosed, answers } = await send(get(`${OPEN}/x`).repeat(250));
    expect([isClosed, answers.length < 110]).toEqual([true, true]);
    expect(lines().length).toBeLessThan(110);
    expect(await sidecar.metrics()).toContain('hallpass_proxy_unreadable_requests_total{reason="pipelined"} 1');
  });

  it.each([
    ['no HTTP', 'SSH-2.0-OpenSSH\r\n\r\n'],
    ['a folded header', `GET ${OPEN}/b HTTP/1.1\r\n★X-A: b\r\n c\r\n\r\n`],
    ['a CONNECT to a port', `CONNECT x:1 HTTP/1.1\r\n★\r\n`],
  ])('get their answers also before what is no request: %s', async (_name, bytes) => {
    const { statuses, isClosed, problem } = await send(get(`${OPEN}/a`) + bytes + get(`${OPEN}/c`));
    expect([problem, isClosed]).toEqual([null, true]);
    // A CONNECT behind another request takes the whole connection down: its answer would have to be written past Node.
    expect(_name.includes('CONNECT') ? [] : [200, 400]).toEqual(statuses);
    expect(lines().filter((line) => line !== 'GET /a')).toEqual([]);
  });

  it('can not become a WebSocket while an answer is owed', async () => {
    const bytes = get(`${OPEN}/a`) + get(`${OPEN}/ws`, UPGRADE);
    const { isClosed, text } = await send(bytes);
    expect([isClosed, text.includes(' 101 ')]).toEqual([true, false]);
    expect(lines()).not.toContain('GET /ws');
  });

  it('that wait are dropped with the one before them, unseen by the upstream', async () => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(fillIn(`POST ${OPEN}/a HTTP/1.1\r\n★Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`, credentials));
    await waitUntil('the first', () => upstream.unfinished === 1);
    socket.write(fillIn(`zz\r\n${get(`${OPEN}/b`)}`, credentials));
    await waitUntil('the upstream to be left', () => upstream.unfinished === 0);
    await send(get(`${OPEN}/probe`), 1);
    expect(lines()).toEqual(['GET /probe']);
    socket.destroy();
  });

  it('learn nothing of each other: those denied are answered in their turn', async () => {
    const { answers, statuses } = await send(get(`${CLOSED}/a`) + get(`${OPEN}/b`) + get('/nowhere'), 3);
    expect(statuses).toEqual([403, 200, 404]);
    expect(answers[1]!.body).toBe('GET /b HTTP/1.1');
    expect(lines()).toEqual(['GET /b']);
  });
});
