/** One HTTP/1.1 message as it stood on the wire. */
export interface WireMessage {
  /** Request line or status line. */
  readonly start: string;
  /** In the order and spelling in which they came. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  readonly trailers: readonly (readonly [name: string, value: string])[];
}

interface Head {
  readonly start: string;
  readonly headers: [string, string][];
  readonly framing: 'none' | 'chunked' | 'close' | number;
}

const FIELD_LINE =
  /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*((?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?)[ \t]*$/;
const REQUEST_LINE = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+ [\x21-\x7e]+ HTTP\/1\.[01]$/;
const STATUS_LINE = /^HTTP\/1\.[01] [1-9][0-9][0-9] [\t\x20-\x7e\x80-\xff]*$/;
const CHUNK_LINE = /^([0-9A-Fa-f]{1,12})(?:[ \t]*;.*)?$/;

/**
 * Reads messages as strictly as RFC 9112 allows, and no more than that: whatever two readers could take for two different
 * things is a `problem`. So bytes that this reader takes are read in the same way by everybody.
 */
export class WireReader {
  readonly messages: WireMessage[] = [];
  readonly #kind: 'request' | 'response';
  readonly #isBodyless: (index: number) => boolean;
  #rest = '';
  #head: Head | null = null;
  #body = '';
  /** Why the bytes are no HTTP/1.1 that everybody reads alike; null while they are. */
  problem: string | null = null;

  /** @param isBodyless of responses: whether that one answers a HEAD */
  constructor(kind: 'request' | 'response', isBodyless: (index: number) => boolean = () => false) {
    this.#kind = kind;
    this.#isBodyless = isBodyless;
  }

  /** Whether a message has begun that is not over. */
  get isWithin(): boolean {
    return this.#head !== null || this.#rest !== '';
  }

  /** Whether the head of a message is there, and its body is not yet. */
  get awaitsBody(): boolean {
    return this.#head !== null;
  }

  push(latin1: string): void {
    this.#rest += latin1;
    try {
      while (this.problem === null && this.#step());
    } catch (error) {
      this.problem = (error as Error).message;
    }
  }

  /** The connection is over: a body that only ends with it is whole. */
  end(): void {
    if (this.#head?.framing === 'close') this.#finish([]);
  }

  #step(): boolean {
    if (this.#head === null) return this.#readHead();
    const { framing } = this.#head;
    if (framing === 'none') return this.#finish([]);
    if (framing === 'chunked') return this.#readChunk();
    const wanted = framing === 'close' ? Infinity : framing - this.#body.length;
    this.#body += this.#rest.slice(0, wanted);
    this.#rest = this.#rest.slice(Math.min(wanted, this.#rest.length));
    return this.#body.length === framing && this.#finish([]);
  }

  #readHead(): boolean {
    const end = this.#rest.indexOf('\r\n\r\n');
    if (end === -1) {
      if (/\n(?<!\r\n)|\r(?=[^\n])|\0/.test(this.#rest)) throw new Error('a bare line feed, carriage return or NUL');
      return false;
    }
    const [start = '', ...lines] = this.#rest.slice(0, end).split('\r\n');
    this.#rest = this.#rest.slice(end + 4);
    if (!(this.#kind === 'request' ? REQUEST_LINE : STATUS_LINE).test(start))
      throw new Error(`no start line: ${start}`);
    const headers = lines.map(readField);
    this.#head = { start, headers, framing: this.#framingOf(start, headers) };
    return true;
  }

  #framingOf(start: string, headers: readonly [string, string][]): Head['framing'] {
    const all = (name: string) => headers.filter(([other]) => other.toLowerCase().replaceAll('_', '-') === name);
    const lengths = all('content-length');
    const codings = all('transfer-encoding');
    if (lengths.length + codings.length > 1) throw new Error('more than one framing');
    if (this.#kind === 'request' && all('host').length !== 1) throw new Error('not one Host');
    const status = this.#kind === 'response' ? Number(start.slice(9, 12)) : 0;
    const [, coding] = codings[0] ?? [];
    const [, length] = lengths[0] ?? [];
    if (coding !== undefined && coding.toLowerCase() !== 'chunked') throw new Error(`coding ${coding}`);
    if (length !== undefined && !/^\d{1,15}$/.test(length)) throw new Error(`length ${length}`);
    if (status !== 0 && (status < 200 || status === 204 || status === 304)) return 'none';
    if (status !== 0 && this.#isBodyless(this.messages.length)) return 'none';
    if (coding !== undefined) return 'chunked';
    if (length !== undefined) return Number(length);
    return this.#kind === 'request' ? 'none' : 'close';
  }

  #readChunk(): boolean {
    const end = this.#rest.indexOf('\r\n');
    if (end === -1) return false;
    const match = CHUNK_LINE.exec(this.#rest.slice(0, end));
    if (match === null) throw new Error(`chunk line ${JSON.stringify(this.#rest.slice(0, end))}`);
    const size = Number.parseInt(match[1]!, 16);
    const from = end + 2;
    if (size > 0) {
      if (this.#rest.length < from + size + 2) return false;
      if (this.#rest.slice(from + size, from + size + 2) !== '\r\n') throw new Error('a chunk without its end');
      this.#body += this.#rest.slice(from, from + size);
      this.#rest = this.#rest.slice(from + size + 2);
      return true;
    }
    // The last chunk: trailers, if any, and an empty line.
    const tail = this.#rest.slice(end);
    const close = tail.indexOf('\r\n\r\n');
    if (close === -1) return false;
    const lines = tail.slice(2, close);
    this.#rest = tail.slice(close + 4);
    return this.#finish(lines === '' ? [] : lines.split('\r\n').map(readField));
  }

  #finish(trailers: [string, string][]): boolean {
    const { start, headers } = this.#head as Head;
    this.messages.push({ start, headers, body: this.#body, trailers });
    this.#head = null;
    this.#body = '';
    return true;
  }
}

function readField(line: string): [string, string] {
  const match = FIELD_LINE.exec(line);
  if (match === null) throw new Error(`field line ${JSON.stringify(line)}`);
  return [match[1]!, match[2]!];
}
