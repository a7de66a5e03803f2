import { brokenOff, CLOSED, OPEN, passes, post, refused, visible, type WireVector } from './wire-vector.ts';

const HELLO = ['POST /x', 'hello'] as const;
const INNER = `GET ${CLOSED}/ HTTP/1.1\r\nHost: x\r\n\r\n`;
const CHUNKS = '5\r\nhello\r\n0\r\n\r\n';

/** RFC 9112 6.2: digits and nothing else. */
const BAD_LENGTHS = [
  '+5',
  '-5',
  '-0',
  '0x5',
  '5 5',
  '5,5',
  '5, 5',
  '5,',
  ',5',
  '5;',
  '5.0',
  '5e0',
  'five',
  '"5"',
  '5\t6',
  '5_0',
  '\xb2',
  '5\xa0',
  '5\x0b',
  '5\x0c',
  '\x0b5',
  '5\0',
  '',
  ' ',
  '18446744073709551621',
  '4294967296000000000005',
  '99999999999999999999999999999999999',
];

/** RFC 9112 6.1 and 7: chunked, alone and as the only one. */
const BAD_CODINGS = [
  'xchunked',
  'chunkedx',
  'chunk',
  'identity',
  'identity, chunked',
  'chunked, identity',
  'chunked, chunked',
  'chunked,chunked',
  'chunked chunked',
  'gzip',
  'gzip, chunked',
  'deflate, gzip, chunked',
  'chunked, gzip',
  'chunked;q=1',
  'chunked; a=b',
  '"chunked"',
  "'chunked'",
  '(chunked)',
  ', chunked',
  'chunked,',
  ',',
  '',
  'cow',
  '\x0bchunked',
  'chunked\x0b',
  'chunked\x0c',
  'chunked\0',
  'chunked\xa0',
  '\xa0chunked',
  'chun\xcbed',
  'chunked\x7f',
  'chunked\r\n identity',
  'identity\r\n chunked',
  '\r\n chunked',
  '\r\n\tchunked',
];

const NAMES = (name: string): string[] => [
  `${name} :`,
  `${name}\t:`,
  `${name}\x0b:`,
  `${name}\0:`,
  `${name}\r:`,
  `${name}\xa0:`,
  `${name}\r\n :`,
  ` ${name}:`,
  `\t${name}:`,
  `${name};:`,
  `${name}"":`,
];

const length = 'Content-Length: 5\r\n';
const coding = 'Transfer-Encoding: chunked\r\n';

/** Where a body ends: Content-Length and Transfer-Encoding, wrong, repeated, against each other, and disguised. */
export const LENGTH_VECTORS: readonly WireVector[] = [
  ...BAD_LENGTHS.map((value) => refused(`length ${visible(value)}`, post(`Content-Length: ${value}\r\n`))),
  ...BAD_CODINGS.flatMap((value) => [
    refused(`coding ${visible(value)}`, post(`Transfer-Encoding: ${value}\r\n`, CHUNKS)),
    refused(`coding ${visible(value)} after a length`, post(`${length}Transfer-Encoding: ${value}\r\n`, CHUNKS)),
    refused(`coding ${visible(value)} before a length`, post(`Transfer-Encoding: ${value}\r\n${length}`, CHUNKS)),
    refused(`coding ${visible(value)} after chunked`, post(`${coding}Transfer-Encoding: ${value}\r\n`, CHUNKS)),
    refused(`coding ${visible(value)} before chunked`, post(`Transfer-Encoding: ${value}\r\n${coding}`, CHUNKS)),
  ]),
  ...['5', '6', '0', '05', '', 'x'].flatMap((value) => [
    refused(`a length, then length ${visible(value)}`, post(`${length}Content-Length: ${value}\r\n`)),
    refused(`length ${visible(value)}, then a length`, post(`Content-Length: ${value}\r\n${length}`)),
    refused(`lengths far apart, ${visible(value)}`, post(`${length}X-A: b\r\ncontent-length: ${value}\r\n`)),
  ]),
  ...NAMES('Content-Length').map((name) => refused(`length named ${visible(name)}`, post(`X-A: b\r\n${name} 5\r\n`))),
  ...NAMES('Transfer-Encoding').flatMap((name) => [
    refused(`coding named ${visible(name)}`, post(`X-A: b\r\n${name} chunked\r\n`, CHUNKS)),
    refused(`coding named ${visible(name)} beside a length`, post(`${length}${name} chunked\r\n`)),
  ]),
  refused('length and coding', post(length + coding, CHUNKS)),
  refused('coding and length', post(coding + length, CHUNKS)),
  refused('coding and length 0', post(`${coding}Content-Length: 0\r\n`, CHUNKS)),
  refused('coding twice', post(coding + coding, CHUNKS)),
  refused('coding in two cases', post(`${coding}TRANSFER-ENCODING: CHUNKED\r\n`, CHUNKS)),
  refused('coding behind a bare line feed', post(`${length}X-A: b\nTransfer-Encoding: chunked\r\n`)),
  refused('coding behind a bare carriage return', post(`${length}X-A: b\rTransfer-Encoding: chunked\r\n`)),
  refused('coding of HTTP/1.0', `POST ${OPEN}/x HTTP/1.0\r\n★${coding}\r\n${CHUNKS}`),
  refused(
    'coding of HTTP/1.0 that is kept',
    `POST ${OPEN}/x HTTP/1.0\r\n★${coding}Connection: keep-alive\r\n\r\n${CHUNKS}`,
  ),
  refused('a length that is nominated', post(`${length}Connection: content-length\r\n`)),
  refused('a length that is nominated among others', post(`${length}Connection: keep-alive, Content-Length\r\n`)),
  refused('a type that is nominated', post(`${length}Content-Type: a/b\r\nConnection: content-type\r\n`)),
  refused('a length and an upgrade', post(`${length}Connection: Upgrade\r\nUpgrade: websocket\r\n`)),

  passes('a length', post(length), HELLO),
  passes('a length with zeros in front', post('Content-Length: 0005\r\n'), HELLO),
  passes('a length in tabs', post('Content-Length:\t5\t\r\n'), HELLO),
  passes('a length without a space', post('content-length:5\r\n'), HELLO),
  passes('chunks', post(coding, CHUNKS), HELLO),
  passes('chunks, said in capitals', post('TRANSFER-ENCODING: CHUNKED\r\n', CHUNKS), HELLO),
  // The parser finds it when the head is through.
  brokenOff('chunks, with a tab behind them', post('Transfer-Encoding:\tchunked\t\r\n', CHUNKS)),
  passes('chunks, with a tab before them', post('Transfer-Encoding:\tchunked\r\n', CHUNKS), HELLO),
  passes('a coding that is nominated', post(`${coding}Connection: transfer-encoding\r\n`, CHUNKS), HELLO),
  passes('length 0', post('Content-Length: 0\r\n', ''), ['POST /x', '']),
  passes('no length', post('', ''), ['POST /x', '']),
  passes(
    'names that only look like it',
    post(`${length}Transfer_Encoding: chunked\r\nContent_Length: 9\r\nX-Transfer-Encoding: chunked\r\n`),
    HELLO,
  ),
  passes('a request in a body', post(`Content-Length: ${INNER.length}\r\n`, INNER), ['POST /x', INNER]),
  passes('a GET with a length', `GET ${OPEN}/x HTTP/1.1\r\n★${length}\r\nhello`, ['GET /x', 'hello']),
  passes('a GET with chunks', `GET ${OPEN}/x HTTP/1.1\r\n★${coding}\r\n${CHUNKS}`, ['GET /x', 'hello']),
  passes('an OPTIONS with a length', `OPTIONS ${OPEN}/x HTTP/1.1\r\n★${length}\r\nhello`, ['OPTIONS /x', 'hello']),
  passes('a DELETE with chunks', `DELETE ${OPEN}/x HTTP/1.1\r\n★${coding}\r\n${CHUNKS}`, ['DELETE /x', 'hello']),
  passes('an HTTP/1.0 with a length', `POST ${OPEN}/x HTTP/1.0\r\n★${length}\r\nhello`, HELLO),
];
