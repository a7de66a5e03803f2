import { CLOSED, OPEN, passes, refused, type WireVector } from './wire-vector.ts';

const get = (path: string, more = '', version = '1.1'): string => `GET ${path} HTTP/${version}\r\n★${more}\r\n`;
const post = (path: string, body: string): string =>
  `POST ${path} HTTP/1.1\r\n★Content-Length: ${body.length}\r\n\r\n${body}`;
const UPGRADE =
  'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
const H2C = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n';

/** One connection, many requests; and connections that would like to become something else. */
export const ORDER_VECTORS: readonly WireVector[] = [
  refused(
    'a second request after one that is not to be read on',
    get(`${OPEN}/x`, 'Transfer-Encoding: gzip, chunked\r\n'),
  ),
  refused('a WebSocket with a body', get(`${OPEN}/ws`, `${UPGRADE}Content-Length: 5\r\n`)),
  refused('a WebSocket with chunks', get(`${OPEN}/ws`, `${UPGRADE}Transfer-Encoding: chunked\r\n`)),
  refused('a WebSocket of another version', get(`${OPEN}/ws`, UPGRADE.replace('13', '777'))),
  refused('a WebSocket without a version', get(`${OPEN}/ws`, UPGRADE.replace(/Sec-WebSocket-Version.*\r\n/, ''))),
  refused('a WebSocket without a key', get(`${OPEN}/ws`, UPGRADE.replace(/Sec-WebSocket-Key.*\r\n/, ''))),
  refused('a WebSocket with two keys', get(`${OPEN}/ws`, `${UPGRADE}Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n`)),
  refused('a WebSocket with a short key', get(`${OPEN}/ws`, UPGRADE.replace('dGhlIHNhbXBsZSBub25jZQ==', 'YQ=='))),
  refused('a WebSocket by POST', `POST ${OPEN}/ws HTTP/1.1\r\n★${UPGRADE}\r\n`),
  refused('a WebSocket by HEAD', `HEAD ${OPEN}/ws HTTP/1.1\r\n★${UPGRADE}\r\n`),
  refused('a WebSocket in HTTP/1.0', get(`${OPEN}/ws`, UPGRADE, '1.0')),
  refused('a WebSocket with two upgrades', get(`${OPEN}/ws`, `${UPGRADE}Upgrade: h2c\r\n`)),
  refused('a WebSocket that nominates its key', get(`${OPEN}/ws`, `${UPGRADE}Connection: Sec-WebSocket-Key\r\n`)),
  refused('a WebSocket to what is closed', get(`${CLOSED}/ws`, UPGRADE)),

  passes(
    'three',
    get(`${OPEN}/a`) + get(`${OPEN}/b`) + get(`${OPEN}/c`),
    ['GET /a', ''],
    ['GET /b', ''],
    ['GET /c', ''],
  ),
  passes(
    'bodies',
    post(`${OPEN}/a`, 'GET /') + post(`${OPEN}/b`, '0\r\n\r\n') + get(`${OPEN}/c`),
    ['POST /a', 'GET /'],
    ['POST /b', '0\r\n\r\n'],
    ['GET /c', ''],
  ),
  passes('h2c that nobody takes', get(`${OPEN}/x`, H2C), ['GET /x', '']),
  passes('h2c with a body', `POST ${OPEN}/x HTTP/1.1\r\n★${H2C}Content-Length: 5\r\n\r\nhello`, ['POST /x', 'hello']),
  ...[
    'h2',
    'TLS/1.0',
    'HTTP/2.0',
    'websocket, h2c',
    'h2c, websocket',
    'websocket/13',
    'web socket',
    '"websocket"',
    'SPDY/3.1',
    'tcp',
    '',
  ].map((upgrade) =>
    passes(
      `an upgrade to ${JSON.stringify(upgrade)}`,
      get(`${OPEN}/x`, `Connection: Upgrade\r\nUpgrade: ${upgrade}\r\n`),
      ['GET /x', ''],
    ),
  ),
  passes('an upgrade that Connection does not name', get(`${OPEN}/x`, UPGRADE.replace('Connection: Upgrade\r\n', '')), [
    'GET /x',
    '',
  ]),
];

/** Statuses of the answers, in order, and what of it the upstream sees. Nothing is put behind these. */
export interface OrderCase {
  readonly name: string;
  readonly bytes: string;
  readonly statuses: readonly number[];
  readonly seen: readonly string[];
}

export const ORDER_CASES: readonly OrderCase[] = [
  {
    name: 'one that is denied in the middle',
    bytes: get(`${OPEN}/a`) + get(`${CLOSED}/b`) + get(`${OPEN}/c`),
    statuses: [200, 403, 200],
    seen: ['GET /a', 'GET /c'],
  },
  {
    name: 'one that is denied, with a body that looks like a request',
    bytes: post(`${CLOSED}/a`, `GET ${OPEN}/b HTTP/1.1\r\nHost: x\r\n\r\n`) + get(`${OPEN}/c`),
    statuses: [403, 200],
    seen: ['GET /c'],
  },
  {
    name: 'one whose path is refused in the middle',
    bytes: get(`${OPEN}/a`) + get(`${OPEN}/../b`) + get(`${OPEN}/c`),
    statuses: [200, 400, 200],
    seen: ['GET /a', 'GET /c'],
  },
  {
    name: 'one that is refused in the middle: it is the last',
    bytes: get(`${OPEN}/a`) + get(`${OPEN}/b`, 'Connection: host\r\n') + get(`${OPEN}/c`),
    statuses: [200, 400],
    seen: ['GET /a'],
  },
  {
    name: 'one with a coding that is refused in the middle: it is the last',
    bytes: `${get(`${OPEN}/a`)}POST ${OPEN}/b HTTP/1.1\r\n★Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n${get(`${OPEN}/c`)}`,
    statuses: [200, 400],
    seen: ['GET /a'],
  },
  {
    name: 'something after the last one that the client wanted',
    bytes: get(`${OPEN}/a`, 'Connection: close\r\n') + get(`${OPEN}/b`),
    statuses: [200],
    seen: ['GET /a'],
  },
  {
    name: 'something after an HTTP/1.0 that is not kept',
    bytes: get(`${OPEN}/a`, '', '1.0') + get(`${OPEN}/b`),
    statuses: [200],
    seen: ['GET /a'],
  },
  {
    name: 'HEAD and then GET',
    bytes: `HEAD ${OPEN}/a HTTP/1.1\r\n★\r\n${get(`${OPEN}/b`)}`,
    statuses: [200, 200],
    seen: ['HEAD /a', 'GET /b'],
  },
];
