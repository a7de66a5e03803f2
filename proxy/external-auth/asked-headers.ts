import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { canonicalName, isHopByHop } from '../identity/strip-headers.ts';
import { TOKEN_HEADER } from './asking-proxy.ts';

/** About the connection between the asking proxy and this port, or about the body it did not send. */
const OF_THE_CONNECTION: ReadonlySet<string> = new Set(['host', 'content-length']);

const METHOD = /^[A-Z][A-Z-]{0,31}$/;

/** The headers of a question over HTTP: those by which the asking proxy says what it asks about, and the client's. */
export class AskedHeaders {
  readonly #request: IncomingMessage;
  readonly #control: ReadonlySet<string>;
  #refused: string | null = null;

  /** @param control lower-case names that only the asking proxy sets */
  constructor(request: IncomingMessage, control: ReadonlySet<string>) {
    this.#request = request;
    this.#control = control;
  }

  /** The first thing that was wrong with what was read; null: nothing. */
  get refused(): string | null {
    return this.#refused;
  }

  /**
   * The value of a header that has to be there exactly once. That all of them have to be there is what makes a
   * forgotten line in the asking proxy's configuration show at once, instead of leaving the header to the clients.
   */
  one(name: string): string {
    const { rawHeaders } = this.#request;
    const values: string[] = [];
    for (let index = 0; index < rawHeaders.length; index += 2) {
      if ((rawHeaders[index] as string).toLowerCase() === name) values.push(rawHeaders[index + 1] as string);
    }
    const [value] = values;
    if (value !== undefined && value !== '' && values.length === 1) return value;
    this.refuse(`the asking proxy has to send ${name} exactly once`);
    return '';
  }

  method(name: string): string {
    const method = this.one(name);
    if (this.#refused === null && !METHOD.test(method)) this.refuse(`${name} is no HTTP method`);
    return method;
  }

  /** The last address of a list: the one that the asking proxy itself has seen. */
  address(name: string): string {
    const address = this.one(name).split(',').at(-1)!.trim();
    if (this.#refused === null && isIP(address) === 0) this.refuse(`${name} does not end in an IP address`);
    return address;
  }

  refuse(why: string): void {
    this.#refused ??= why;
  }

  /**
   * What is left is the client's. A name that reads like one of Hallpass's own is refused, under any spelling: the
   * asking proxy replaces exactly those it copies, and `X_Hallpass_Role` would go past it to where `_` and `-` are one
   * (Caddy GHSA-f59h-q822-g45g is of this kind).
   */
  ofClient(): { readonly rawHeaders: string[]; readonly headers: IncomingHttpHeaders } {
    const rawHeaders: string[] = [];
    const headers: IncomingHttpHeaders = {};
    const { rawHeaders: all, headers: joined } = this.#request;
    for (let index = 0; index < all.length; index += 2) {
      const name = (all[index] as string).toLowerCase();
      if (name === TOKEN_HEADER || this.#control.has(name) || OF_THE_CONNECTION.has(name) || isHopByHop(name)) continue;
      if (canonicalName(name).startsWith('x-hallpass-')) this.refuse('it has a header that only Hallpass may set');
      rawHeaders.push(all[index] as string, all[index + 1] as string);
      headers[name] = joined[name];
    }
    return { rawHeaders, headers };
  }
}
