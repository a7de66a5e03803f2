/**
 * The one form of a request target that routes, policy and upstream all see. What can be read in two ways is refused:
 * docs/paths.md has a table of both, which tests read.
 *
 * The query is passed on as it came and takes no part in routing; only `#`, control bytes and non-ASCII are refused in it.
 */
export type RequestTarget =
  | { readonly refused: null; readonly path: string; readonly query: string }
  | { readonly refused: string; readonly path: null; readonly query: null };

// RFC 3986 pchar without `;`, and the four characters that browsers send bare against it.
const PLAIN_PATH = /^\/(?:[A-Za-z0-9._~!$&'()*+,=:@[\]|^-]+(?:\/[A-Za-z0-9._~!$&'()*+,=:@[\]|^-]+)*\/?)?$/;
const ENCODED_PATH = /^\/(?:[A-Za-z0-9._~!$&'()*+,=:@[\]|^%-]+(?:\/[A-Za-z0-9._~!$&'()*+,=:@[\]|^%-]+)*\/?)?$/;
const DOT_SEGMENT = /\/\.+(?:\/|$)/;
const BAD_ESCAPE = /%(?![0-9A-Fa-f]{2})/;
const TWICE_ENCODED = /%25(?:2[EF5]|5C|3B|[01][0-9A-F]|7F)/i;
const PRINTABLE_ASCII = /^[\x21-\x7e]*$/;
const C1_CONTROL = /[\u0080-\u009f]/;

/** @param target the request target of the request line, `/path?query` */
export function readTarget(target: string): RequestTarget {
  if (!target.startsWith('/')) return refuse('it does not start with a slash');
  if (!PRINTABLE_ASCII.test(target) || target.includes('#')) return refuse('it holds characters that a URL may not');
  const mark = target.indexOf('?');
  const rawPath = mark === -1 ? target : target.slice(0, mark);
  const query = mark === -1 ? '' : target.slice(mark);
  if (PLAIN_PATH.test(rawPath)) {
    return DOT_SEGMENT.test(rawPath) ? refuse('it holds a segment of dots') : { refused: null, path: rawPath, query };
  }
  if (rawPath.includes('//')) return refuse('it holds an empty segment');
  if (!ENCODED_PATH.test(rawPath)) return refuse('it holds characters that a path may not');
  return normalise(rawPath, query);
}

function normalise(rawPath: string, query: string): RequestTarget {
  if (BAD_ESCAPE.test(rawPath)) return refuse('it holds a broken percent-encoding');
  let hidden = false;
  const path = rawPath.replaceAll(/%([0-9A-Fa-f]{2})/g, (escape, hex: string) => {
    const byte = Number.parseInt(hex, 16);
    if (byte < 0x20 || byte === 0x7f || byte === 0x2f || byte === 0x5c || byte === 0x3b) hidden = true;
    return isUnreserved(byte) ? String.fromCharCode(byte) : escape.toUpperCase();
  });
  if (hidden) return refuse('it holds an encoded separator or control byte');
  if (TWICE_ENCODED.test(path)) return refuse('it is encoded more than once');
  if (DOT_SEGMENT.test(path)) return refuse('it holds a segment of dots');
  try {
    if (C1_CONTROL.test(decodeURIComponent(path))) return refuse('it holds an encoded control character');
  } catch {
    return refuse('its percent-encoding is not UTF-8');
  }
  return { refused: null, path, query };
}

/** RFC 3986 2.3: encoding these changes nothing, so both spellings must be one. */
function isUnreserved(byte: number): boolean {
  return (
    (byte >= 0x61 && byte <= 0x7a) ||
    (byte >= 0x41 && byte <= 0x5a) ||
    (byte >= 0x30 && byte <= 0x39) ||
    byte === 0x2d ||
    byte === 0x2e ||
    byte === 0x5f ||
    byte === 0x7e
  );
}

function refuse(why: string): RequestTarget {
  return { refused: why, path: null, query: null };
}
