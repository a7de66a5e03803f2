import { StringDecoder } from 'node:string_decoder';
import { FeedMessageError } from '../../core/feed/feed-decoder.ts';

/** Cuts a stream of bytes into NDJSON lines, none longer than the bound. */
export class FeedLines {
  readonly #decoder = new StringDecoder('utf8');
  readonly #maxChars: number;
  #rest = '';

  constructor(maxChars: number) {
    this.#maxChars = maxChars;
  }

  /**
   * The lines that `chunk` completes, without their line feeds; empty lines are passed over.
   * @throws FeedMessageError when a line outgrows the bound
   */
  *push(chunk: Uint8Array): Generator<string> {
    const text = this.#decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    let start = 0;
    for (;;) {
      const end = text.indexOf('\n', start);
      if (end === -1) break;
      const line = this.#rest + text.slice(start, end);
      this.#rest = '';
      start = end + 1;
      this.#assertBound(line.length);
      if (line !== '') yield line;
    }
    this.#rest += text.slice(start);
    this.#assertBound(this.#rest.length);
  }

  #assertBound(chars: number): void {
    if (chars > this.#maxChars) {
      throw new FeedMessageError(`A feed line may have ${this.#maxChars} characters at the most.`);
    }
  }
}
