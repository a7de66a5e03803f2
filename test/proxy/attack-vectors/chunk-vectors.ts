import { brokenOff, chunked, passes, visible, type WireVector } from './wire-vector.ts';

const HELLO = ['POST /x', 'hello'] as const;
const END = '0\r\n\r\n';

/** RFC 9112 7.1: hexadecimal digits, then nothing or an extension. */
const BAD_SIZES = [
  '',
  'zz',
  'g',
  '-5',
  '+5',
  '-0',
  '0x5',
  '0X5',
  '\\x05',
  '5h',
  '5.',
  '5,5',
  '5 5',
  ' 5',
  '\t5',
  '\x0b5',
  '5\x0b',
  '5\x0c',
  '5\0',
  '\x005',
  '5\x85',
  '\xb5',
  '5_',
  '5\r',
  '5 \rX',
  'FFFFFFFFFFFFFFFFF',
  '10000000000000005',
  '100000000000000000000000000000005',
  'fffffffffffffffffffb',
];

const BAD_ENDS_OF_SIZE = [
  '\n',
  '\r',
  '\r\r\n',
  '\n\r\n',
  '\r \n',
  ';\n',
  ';a\n',
  ';a=b\n',
  ';a="b"\n',
  ';a\rb\r\n',
  ';\0\r\n',
  ';a="\n"\r\n',
];

const BAD_ENDS_OF_DATA = ['', '\n', '\r', 'XX', '\r\r\n', '\n\n', '\rX', 'X\r\n', '\0\0', '  ', '\r\n\r\n'];

const BAD_TRAILERS = [
  'X-A\r\n',
  ': b\r\n',
  'X-A : b\r\n',
  ' X-A: b\r\n',
  'X-A: b\r\n c\r\n',
  'X-A: b\n',
  'X-A: b\rc\r\n',
  'X-A: b\0c\r\n',
  'X\0A: b\r\n',
  'X(A: b\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Content-Length: 5\r\n',
];

/** Where a chunk ends: sizes, extensions, line ends, trailers. Whatever is wrong is found after the head has passed. */
export const CHUNK_VECTORS: readonly WireVector[] = [
  ...BAD_SIZES.map((size) => brokenOff(`size ${visible(size)}`, chunked(`${size}\r\nhello\r\n${END}`))),
  ...BAD_SIZES.map((size) =>
    brokenOff(`size ${visible(size)} of the second`, chunked(`5\r\nhello\r\n${size}\r\nhello\r\n${END}`)),
  ),
  ...BAD_ENDS_OF_SIZE.map((end) => brokenOff(`size and ${visible(end)}`, chunked(`5${end}hello\r\n${END}`))),
  ...BAD_ENDS_OF_SIZE.map((end) => brokenOff(`last size and ${visible(end)}`, chunked(`5\r\nhello\r\n0${end}\r\n`))),
  ...BAD_ENDS_OF_DATA.map((end) => brokenOff(`data and ${visible(end)}`, chunked(`5\r\nhello${end}${END}`))),
  ...BAD_TRAILERS.map((trailer) =>
    brokenOff(`trailer ${visible(trailer)}`, chunked(`5\r\nhello\r\n0\r\n${trailer}\r\n`)),
  ),
  brokenOff('a last size that is hexadecimal by its prefix', chunked(`5\r\nhello\r\n0x0\r\n\r\n`)),
  brokenOff('a last size with a sign', chunked('5\r\nhello\r\n-0\r\n\r\n')),
  brokenOff('a last chunk that ends by a line feed', chunked('5\r\nhello\r\n0\r\n\n')),
  brokenOff('data that is longer than it says', chunked(`3\r\nhello\r\n${END}`)),
  brokenOff('data that is shorter than it says', chunked(`7\r\nhello\r\n${END}`)),
  brokenOff('an extension without an end', chunked(`5;${'a'.repeat(40_000)}\r\nhello\r\n${END}`)),
  brokenOff('an extension that is quoted without an end', chunked(`5;a="${'b'.repeat(40_000)}"\r\nhello\r\n${END}`)),
  brokenOff('trailers without an end', chunked(`5\r\nhello\r\n0\r\n${'X-A: b\r\n'.repeat(5_000)}\r\n`)),
  brokenOff('a trailer that is too long', chunked(`5\r\nhello\r\n0\r\nX-A: ${'b'.repeat(40_000)}\r\n\r\n`)),

  passes('chunks of many sizes', chunked(`1\r\nh\r\n02\r\nel\r\n00000002\r\nlo\r\n${END}`), HELLO),
  passes('a size in either case', chunked(`A\r\n0123456789\r\na\r\n0123456789\r\n${END}`), [
    'POST /x',
    '01234567890123456789',
  ]),
  passes('extensions', chunked('5;a=b;c="d e"\r\nhello\r\n0;x\r\n\r\n'), HELLO),
  passes('a last size of many zeros', chunked('5\r\nhello\r\n000\r\n\r\n'), HELLO),
  passes('no data', chunked(END), ['POST /x', '']),
  passes('data that looks like the end', chunked(`7\r\n\r\n0\r\n\r\n\r\n${END}`), ['POST /x', '\r\n0\r\n\r\n']),
  passes('a trailer', chunked('5\r\nhello\r\n0\r\nX-Checksum: 1\r\n\r\n'), HELLO),
  passes(
    'trailers that would be identity',
    chunked('5\r\nhello\r\n0\r\nX-Hallpass-Subject: spoofed\r\nHost: y\r\nAuthorization: z\r\n\r\n'),
    HELLO,
  ),
];
