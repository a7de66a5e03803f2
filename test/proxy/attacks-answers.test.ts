import { afterEach, describe, expect, it } from '@jest/globals';
import { waitUntil } from '../support/wait-until.ts';
import { fillIn, OPEN } from './attack-vectors/wire-vector.ts';
import { grant, TEST_FACTS } from './support/facts.ts';
import { RawUpstream } from './support/raw-upstream.ts';
import { routesTo, startSidecar, type TestSidecar } from './support/sidecar.ts';
import { talk } from './support/wire-client.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n';
const POISON = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\nX-Poison: 1\r\n\r\npoison';

/** Good answers with something behind them that nobody asked for. It must not become the answer to whoever comes next. */
const TAILS: readonly (readonly [string, string, string])[] = [
  ['a second answer', 'GET', `${OK}ok${POISON}`],
  ['two more answers', 'GET', `${OK}ok${POISON}${POISON}`],
  [
    'a second answer behind chunks',
    'GET',
    `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n${POISON}`,
  ],
  [
    'a second answer behind trailers',
    'GET',
    `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-A: b\r\n\r\n${POISON}`,
  ],
  ['a body longer than it says', 'GET', `${OK}ok and more`],
  ['an answer within a body longer than it says', 'GET', `${OK}ok\r\n${POISON}`],
  ['a body in answer to HEAD', 'HEAD', `${OK}ok${POISON}`],
  [
    'an answer as the body of one to HEAD',
    'HEAD',
    `HTTP/1.1 200 OK\r\nContent-Length: ${POISON.length}\r\n\r\n${POISON}`,
  ],
  [
    'chunks in answer to HEAD',
    'HEAD',
    `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n${POISON}`,
  ],
  ['a body of 204', 'GET', `HTTP/1.1 204 No Content\r\nContent-Length: ${POISON.length}\r\n\r\n${POISON}`],
  ['a body of 204 without a length', 'GET', `HTTP/1.1 204 No Content\r\n\r\n${POISON}`],
  ['chunks of 204', 'GET', `HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${POISON}`],
  ['a body of 304', 'GET', `HTTP/1.1 304 Not Modified\r\nContent-Length: ${POISON.length}\r\n\r\n${POISON}`],
  ['a body of 205', 'GET', `HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n${POISON}`],
  ['an interim answer', 'GET', `${OK}okHTTP/1.1 103 Early Hints\r\nX-Poison: 1\r\n\r\n`],
  [
    'a switch of protocols',
    'GET',
    `${OK}okHTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
  ],
  ['line ends and an answer', 'GET', `${OK}ok\r\n\r\n${POISON}`],
  ['half an answer', 'GET', `${OK}ok${POISON.slice(0, 30)}`],
  ['noise', 'GET', `${OK}ok\0\0\0\0`],
];

/** What cannot be read in one way only. The client gets a 502, or sees that the answer breaks off; never two answers. */
const UNCLEAR: readonly (readonly [string, string])[] = [
  ['two lengths', `HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 8\r\n\r\nok${POISON}`],
  ['the same length twice', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok'],
  ['a list of lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok'],
  ['a signed length', 'HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nok'],
  ['a negative length', 'HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nok'],
  ['a length in hexadecimal', 'HTTP/1.1 200 OK\r\nContent-Length: 0x2\r\n\r\nok'],
  ['an empty length', 'HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\nok'],
  ['a length beyond all bounds', 'HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nok'],
  ['length and coding', `HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${POISON}`],
  ['coding and length', `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n${POISON}`],
  ['a space before the colon', `HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nok${POISON}`],
  ['a folded header', 'HTTP/1.1 200 OK\r\nX-A: b\r\n c\r\nContent-Length: 2\r\n\r\nok'],
  ['bare line feeds', 'HTTP/1.1 200 OK\nContent-Length: 2\n\nok'],
  ['a bare line feed', 'HTTP/1.1 200 OK\r\nX-A: b\nContent-Length: 2\r\n\r\nok'],
  ['a bare carriage return', 'HTTP/1.1 200 OK\r\nX-A: b\rSet-Cookie: hallpass_token=x\r\nContent-Length: 2\r\n\r\nok'],
  ['a NUL in a header', 'HTTP/1.1 200 OK\r\nX-A: b\0c\r\nContent-Length: 2\r\n\r\nok'],
  ['a control byte in a header', 'HTTP/1.1 200 OK\r\nX-A: b\x1bc\r\nContent-Length: 2\r\n\r\nok'],
  ['a header without a colon', 'HTTP/1.1 200 OK\r\nX-A\r\nContent-Length: 2\r\n\r\nok'],
  ['a header without a name', 'HTTP/1.1 200 OK\r\n: b\r\nContent-Length: 2\r\n\r\nok'],
  ['a name that is none', 'HTTP/1.1 200 OK\r\nX A: b\r\nContent-Length: 2\r\n\r\nok'],
  ['a status of two digits', 'HTTP/1.1 20 OK\r\nContent-Length: 2\r\n\r\nok'],
  ['a status of four digits', 'HTTP/1.1 2000 OK\r\nContent-Length: 2\r\n\r\nok'],
  ['a status of 000', 'HTTP/1.1 000 OK\r\nContent-Length: 2\r\n\r\nok'],
  ['a status that is none', 'HTTP/1.1 OK\r\nContent-Length: 2\r\n\r\nok'],
  ['HTTP/0.9', '<html>ok</html>'],
  ['another protocol', 'ICY 200 OK\r\nContent-Length: 2\r\n\r\nok'],
  [
    'an unasked switch of protocols',
    `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n${POISON}`,
  ],
  ['a header that is too long', `HTTP/1.1 200 OK\r\nX-A: ${'b'.repeat(40_000)}\r\nContent-Length: 2\r\n\r\nok`],
  ['headers that add up', `HTTP/1.1 200 OK\r\n${'X-A: b\r\n'.repeat(5_000)}Content-Length: 2\r\n\r\nok`],
];

/** The head is fine and has gone out; what follows is not. */
const BREAKING: readonly (readonly [string, string])[] = [
  ['a bad chunk size', 'zz\r\nok\r\n0\r\n\r\n'],
  ['a negative chunk size', '-2\r\nok\r\n0\r\n\r\n'],
  ['a chunk size with a prefix', '0x2\r\nok\r\n0\r\n\r\n'],
  ['a chunk longer than it says', '1\r\nok\r\n0\r\n\r\n'],
  ['a chunk that ends by a line feed', '2\r\nok\n0\r\n\r\n'],
  ['a size that ends by a line feed', '2\nok\r\n0\r\n\r\n'],
  ['a chunk size beyond all bounds', 'fffffffffffffffff\r\nok\r\n0\r\n\r\n'],
  ['a length among its trailers', '2\r\nok\r\n0\r\nContent-Length: 2\r\n\r\n'],
  ['a folded trailer', '2\r\nok\r\n0\r\nX-A: b\r\n c\r\n\r\n'],
];

describe('answers of an upstream that is evil, or was made to be', () => {
  let sidecar: TestSidecar;
  let upstream: RawUpstream;
  let credentials: string;
  afterEach(async () => {
    await sidecar.stop();
    await upstream.stop();
  });

  /** Answers requests to `/evil` with these bytes, all others with their own path. */
  const start = async (evil: string, limits: object = {}) => {
    const answered = new Map<number, number>();
    upstream = new RawUpstream((socket, text, connection) => {
      const from = answered.get(connection) ?? 0;
      const end = text.indexOf('\r\n\r\n', from);
      if (end === -1) return;
      answered.set(connection, end + 4);
      const path = text.slice(from).split(' ')[1] ?? '';
      const body = `the answer to ${path}`;
      socket.write(
        path === '/evil' ? evil : `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
        'latin1',
      );
    });
    await upstream.start();
    const facts = [...TEST_FACTS, grant('grt_1', 'member', 'connection:aws-staging')];
    sidecar = await startSidecar({ facts, routes: routesTo(upstream.url), config: { limits } });
    credentials = `Authorization: Bearer ${await sidecar.tokenOf('member')}\r\n`;
  };
  const ask = (path: string, method = 'GET', answers = 1) =>
    talk(sidecar.proxy.ports.proxy, fillIn(`${method} ${OPEN}${path} HTTP/1.1\r\n★\r\n`, credentials), {
      answers,
      isHead: () => method === 'HEAD',
    });
  /** Whoever comes next gets what is theirs, at once and later. */
  const expectNextUnharmed = async () => {
    const next = await Promise.all(['/1', '/2'].map((path) => ask(path)));
    expect(next.map(({ answers }) => answers.map(({ body }) => body))).toEqual([
      ['the answer to /1'],
      ['the answer to /2'],
    ]);
    expect(next.map(({ text }) => text.toLowerCase()).join()).not.toContain('poison');
    const metrics = await sidecar.metrics();
    await waitUntil('nothing to be left', () => metrics.includes('live_connections{kind="request"} 0'));
  };

  it.each(TAILS)('never answer the next client: %s', async (_name, method, evil) => {
    await start(evil);
    const { problem, answers, text } = await ask('/evil', method);
    expect([problem, answers.length]).toEqual([null, 1]);
    expect(text.toLowerCase()).not.toContain('poison');
    await expectNextUnharmed();
    // The connection with the rest on it is not used again.
    await waitUntil('it to be closed', () => upstream.received.findIndex((got) => got.includes('/evil')) !== -1);
    const spoilt = upstream.received.filter((got) => got.includes('/evil'));
    expect(spoilt.map((got) => got.match(/ HTTP\/1\.1\r\n/g)!.length)).toEqual([1]);
  });

  it.each(UNCLEAR)('are refused when they can be read in two ways, or none: %s', async (_name, evil) => {
    await start(evil);
    const { problem, statuses, text } = await ask('/evil');
    expect([problem, statuses]).toEqual([null, [502]]);
    expect(text.toLowerCase()).not.toMatch(/poison|set-cookie/);
    await expectNextUnharmed();
  });

  it.each(BREAKING)('are seen to break off at %s', async (_name, evil) => {
    await start(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${evil}${POISON}`);
    const { statuses, isClosed, text } = await ask('/evil', 'GET', Infinity);
    expect([statuses, isClosed, text.includes('\r\n0\r\n')]).toEqual([[], true, false]);
    expect(text.toLowerCase()).not.toContain('poison');
    await expectNextUnharmed();
  });

  it('may go on with their first line for no longer than an answer may take', async () => {
    await start(`HTTP/1.1 200 ${'O'.repeat(100_000)}`, { upstream_timeout_ms: 300 });
    const { problem, statuses } = await ask('/evil');
    expect([problem, statuses]).toEqual([null, [504]]);
    await expectNextUnharmed();
  });

  it('may send interim answers without an end, and are left in time', async () => {
    await start('HTTP/1.1 103 Early Hints\r\nX-Poison: 1\r\n\r\n'.repeat(20_000) + OK + 'ok');
    const { problem, statuses, text } = await ask('/evil');
    expect(problem).toBeNull();
    expect([[200], [502]]).toContainEqual(statuses);
    expect(text.toLowerCase()).not.toContain('poison');
    await expectNextUnharmed();
  });

  it.each([
    'HTTP/1.1 200 OK\r\nX-A: b\xe2\x80\xa8\x85Set-Cookie: a=b\r\nContent-Length: 2\r\n\r\nok',
    'HTTP/1.1 200 O\xc4\x8aK\r\nContent-Length: 2\r\n\r\nok',
  ])('split nothing by bytes that are line ends to somebody else: %j', async (evil) => {
    await start(evil);
    const { problem, answers } = await ask('/evil');
    expect([problem, answers.length, answers[0]?.body]).toEqual([null, 1, 'ok']);
    expect(answers[0]!.headers.map(([name]) => name.toLowerCase())).not.toContain('set-cookie');
    await expectNextUnharmed();
  });
});
