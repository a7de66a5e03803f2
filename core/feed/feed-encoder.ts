import { crc32 } from 'node:zlib';
import type { FeedMessage } from './feed-message.ts';

/**
 * Messages -> NDJSON lines of one connection. The last member of each, `crc`, is the CRC-32 (that of gzip) of everything
 * said on the connection so far, as 8 hexadecimal digits: of the lines without their `crc`s and line feeds. So what is
 * damaged on the way and valid all the same, an end one digit later, is not taken for what was sent; nor are lines that
 * were lost, said twice or put in another order.
 */
export class FeedEncoder {
  #crc = 0;

  /** One line, with its line feed. */
  encode(message: FeedMessage): string {
    const text = JSON.stringify(message);
    this.#crc = crc32(text, this.#crc);
    return `${text.slice(0, -1)},"crc":"${this.#crc.toString(16).padStart(8, '0')}"}\n`;
  }
}
