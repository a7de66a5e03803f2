import { OPEN, passes, refused, visible, type WireVector } from './wire-vector.ts';

const X = `${OPEN}/x`;
const GET = ['GET /x', ''] as const;
const bytes = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => String.fromCharCode(from + index));

/** All that no token holds (RFC 9110 5.6.2), but the colon that ends it. */
const NO_TOKEN = [...bytes(0x00, 0x20), ...'"(),/;<=>?@[\\]{}', '\x7f', '\x80', '\xa0', '\xad', '\xff'].filter(
  (byte) => byte !== '\r' && byte !== '\n',
);
/** All that no field value holds (RFC 9110 5.5). */
const NO_VALUE = [...bytes(0x00, 0x08), ...bytes(0x0b, 0x0c), ...bytes(0x0e, 0x1f), '\x7f'];
const header = (line: string): string => `GET ${X} HTTP/1.1\r\n★${line}\r\n`;
const start = (line: string): string => `${line}\r\n★\r\n`;

const LINE_ENDS = ['\n', '\r', '\r\r\n', '\n\r', '\r \n', '\x0b', '\x0c', '\x85', '\u2028'.normalize(), '\r\0\n'];

/** Lines: where they end, what they begin with, and what may stand in them. */
export const LINE_VECTORS: readonly WireVector[] = [
  ...NO_TOKEN.map((byte) => refused(`${visible(byte)} in a name`, header(`X-${byte}A: b\r\n`))),
  ...NO_TOKEN.map((byte) => refused(`${visible(byte)} before a name`, header(`${byte}X-A: b\r\n`))),
  ...NO_TOKEN.map((byte) => refused(`${visible(byte)} behind a name`, header(`X-A${byte}: b\r\n`))),
  ...NO_TOKEN.map((byte) => refused(`${visible(byte)} before the first name`, `GET ${X} HTTP/1.1\r\n${byte}★\r\n`)),
  ...NO_VALUE.map((byte) => refused(`${visible(byte)} in a value`, header(`X-A: b${byte}c\r\n`))),
  ...NO_VALUE.map((byte) => refused(`${visible(byte)} in a Host`, `GET ${X} HTTP/1.1\r\nHost: a${byte}b\r\n\r\n`)),
  ...[...bytes(0x00, 0x1f), ' ', '\x7f', '\x80', '\xff'].map((byte) =>
    refused(`${visible(byte)} in a target`, start(`GET ${X}${byte}y HTTP/1.1`)),
  ),
  ...LINE_ENDS.map((end) => refused(`a header ended by ${visible(end)}`, header(`X-A: b${end}X-C: d\r\n`)))
    // These are bytes that a value may hold (obs-text); they end no line for anybody.
    .filter(({ name }) => !/\x85|\u2028/.test(name)),
  ...LINE_ENDS.map((end) => refused(`a request line ended by ${visible(end)}`, `GET ${X} HTTP/1.1${end}★\r\n`)),
  ...['\n', '\r', '\n\r\n', '\r\r\n', '\r\n\n']
    .map((end) => refused(`headers ended by ${visible(end)}`, `GET ${X} HTTP/1.1\r\n★X-A: b${end}\r\n`))
    .filter(({ name }) => !name.includes('by \\r\\n\\n')),
  refused('nothing but line feeds', `GET ${X} HTTP/1.1\n★\n\n`),
  refused('a folded value', header('X-A: b\r\n c\r\n')),
  refused('a value folded by a tab', header('X-A: b\r\n\tc\r\n')),
  refused('a value folded twice', header('X-A: b\r\n \r\n c\r\n')),
  refused('an empty fold', header('X-A: b\r\n \r\n')),
  refused('a folded Host', `GET ${X} HTTP/1.1\r\nHost:\r\n x\r\n\r\n`),
  refused('a folded first line', `GET ${X} HTTP/1.1\r\n X-A: b\r\n★\r\n`),
  refused('a header without a colon', header('X-A\r\n')),
  refused('a header without a name', header(': b\r\n')),
  refused('a second request line', header(`GET /y HTTP/1.1\r\n`)),
  ...[
    'HTTP/0.9',
    'HTTP/2.0',
    'HTTP/1.2',
    'HTTP/1.9',
    'HTTP/3.0',
    'HTTP/11.1',
    'HTTP/1.11',
    'HTTP/1',
    'HTTP/1.',
    'HTTP/.1',
    'HTTP/1.1.1',
  ]
    .concat(
      'http/1.1',
      'Http/1.1',
      'HTTP/1,1',
      'HTTP /1.1',
      'HTTP/ 1.1',
      'HTTP/1.1 ',
      'HTTP/1.1\t',
      'HTTP/1.1x',
      'HTTPS/1.1',
      'ICY/1.0',
    )
    .concat('HTP/1.1', 'HTTP/01.1', 'HTTP/+1.1', 'HTTP/1.1 HTTP/1.1', '1.1', 'HTTP\\1.1')
    .map((version) => refused(`the version ${visible(version)}`, start(`GET ${X} ${version}`))),
  ...[
    'get',
    'Get',
    'GETS',
    'GE T',
    'GET\t',
    '\tGET',
    ' GET',
    'G\0ET',
    'G\xcbT',
    'GET,',
    '(GET)',
    '',
    'HELLO',
    'PRI',
    'DESCRIBE',
    'SETUP',
  ]
    .concat('TRACE', 'CONNECT', 'TRACK', 'trace', 'G'.repeat(20_000))
    .map((method) => refused(`the method ${visible(method.slice(0, 20))}`, start(`${method} ${X} HTTP/1.1`))),
  refused('a CONNECT to a host', `CONNECT aws-production:443 HTTP/1.1\r\n★\r\n`),
  refused('a target in tabs', start(`GET\t${X}\tHTTP/1.1`)),
  refused('two targets', start(`GET ${X} ${X} HTTP/1.1`)),
  refused('no target', start('GET HTTP/1.1')),
  refused('no version', start(`GET ${X}`)),
  refused('no version and nothing else', `GET ${X}\r\n\r\n`),
  refused('the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0'),
  refused('a TLS hello', '\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03'),
  refused('a PROXY line', `PROXY TCP4 10.0.0.1 10.0.0.2 1 2\r\nGET ${X} HTTP/1.1\r\n★\r\n`),
  refused('a PROXY header', `\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c${'\x01'.repeat(12)}`),
  refused('an answer', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'),
  refused('a line that is too long', start(`GET ${X}/${'a'.repeat(20_000)} HTTP/1.1`)),
  refused('a query that is too long', start(`GET ${X}?${'a'.repeat(20_000)} HTTP/1.1`)),
  refused('a value that is too long', header(`X-A: ${'a'.repeat(20_000)}\r\n`)),
  refused('a name that is too long', header(`${'a'.repeat(20_000)}: b\r\n`)),
  refused('headers that add up', header('X-A: b\r\n'.repeat(4_000))),
  refused('too many headers', header('A:\r\n'.repeat(250))),

  passes('a plain request', header(''), GET),
  passes('values of obs-text', header('X-A: \x80\x85\xa0\xff\r\n'), GET),
  passes('a tab in a value', header('X-A: b\tc\r\n'), GET),
  passes('an empty value', header('X-A:\r\nX-B: \t \r\n'), GET),
  passes('names of odd but legal characters', header("!#$%&'*+.^_`|~09aZ-: b\r\n"), GET),
  passes('an empty line before it', `\r\n${header('')}`, GET),
  // The parser takes it for what it would be in HTTP; the upstream gets HTTP.
  passes('the version RTSP/1.0', start(`GET ${X} RTSP/1.0`), GET),
  passes('spaces before a value', header(`X-A:${' '.repeat(20_000)}b\r\n`), GET),
  passes('HTTP/1.0', `GET ${X} HTTP/1.0\r\n★\r\n`, GET),
  passes('HTTP/1.0 that is kept', `GET ${X} HTTP/1.0\r\n★Connection: keep-alive\r\n\r\n`, GET),
  passes('as many headers as may be', header('A:\r\n'.repeat(190)), GET),
];
