import { pino } from 'pino';

/** Written out as soon as this much is there, and after this long at the latest. */
const CHUNK_CHARS = 32_768;
const MAX_CHUNK_BYTES = 131_072;
const FLUSH_MS = 100;
/** Lines beyond this are dropped: whoever reads standard output has stopped, and requests go before lines. */
const MAX_UNREAD_BYTES = 16_777_216;

/**
 * Standard output, written in chunks and never waited for: a request must not stand still because somebody reads its log
 * slowly. A process that is killed loses what has not been written, which is the last tenth of a second.
 */
export class LogDestination {
  readonly #output = pino.destination({
    dest: 1,
    sync: false,
    maxWrite: MAX_CHUNK_BYTES,
    maxLength: MAX_UNREAD_BYTES,
  });
  readonly #timer = setInterval(() => this.flush(), FLUSH_MS);
  /** Joined here, because the output counts the bytes of whatever it is given, and for single lines that takes longer than making them. */
  #lines = '';

  constructor() {
    this.#timer.unref();
  }

  write(line: string): void {
    this.#lines += line;
    if (this.#lines.length >= CHUNK_CHARS) this.flush();
  }

  /** For the end of the process: returns when everything is written. */
  flushSync(): void {
    this.flush();
    this.#output.flushSync();
  }

  /** Hands over what there is without waiting for it. */
  flush(): void {
    const lines = this.#lines;
    if (lines === '') return;
    this.#lines = '';
    this.#output.write(lines);
  }
}
